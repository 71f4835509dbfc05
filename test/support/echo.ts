import { createExactlyOnceConsumer } from '@scoreline/runtime/kafka/exactly-once/consumer.ts';
import type {
  ExactlyOnceEvents,
  ExactlyOnceOptions,
  Transformed,
} from '@scoreline/runtime/kafka/exactly-once/types.ts';
import { packRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import type { OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';

/** The simplest consumer that is exactly once: it copies what it reads, and what begins with "bad" goes elsewhere. */
export type EchoOutput = 'good' | 'bad';

export interface EchoTopics {
  readonly input: string;
  readonly good: string;
  readonly bad: string;
}

export function echoTopics(prefix: string): EchoTopics {
  return { input: `${prefix}.in`, good: `${prefix}.good`, bad: `${prefix}.bad` };
}

/** One line for each fact that the consumer told. */
export interface EchoFacts extends ExactlyOnceEvents {
  readonly facts: readonly string[];
}

export interface EchoOptions extends Partial<
  Pick<ExactlyOnceOptions<EchoOutput>, 'transform' | 'start' | 'onFenced' | 'maxBatchRecords' | 'gathers'>
> {
  readonly onFact?: (fact: string) => void;
}

/** A consumer of `topics.input` under the group `<input>.group`, not yet started. */
export function createEcho(brokers: string, topics: EchoTopics, { onFact, ...options }: EchoOptions = {}) {
  const { input, good, bad } = topics;
  const events = recordFacts(onFact);
  const consumer = createExactlyOnceConsumer<EchoOutput>({
    kafka: { brokers: brokers.split(','), clientId: 'echo' },
    groupId: groupOf(topics),
    topic: input,
    outputs: { good, bad },
    transform: async (batch) => echo(batch),
    events,
    ...options,
  });
  return {
    facts: events.facts,
    failed: consumer.failed,
    notReady: () => consumer.notReady(),
    lag: () => consumer.lag(),
    assigned: () => consumer.assigned().get(input) ?? [],
    start: () => consumer.start(() => {}),
    stop: () => consumer.stop(),
  };
}

export function groupOf({ input }: EchoTopics): string {
  return `${input}.group`;
}

/** What the batch becomes. */
export function echo({ records }: PartitionBatch): Transformed<EchoOutput> {
  const outputs: Record<EchoOutput, OutputRecord[]> = { good: [], bad: [] };
  for (const { key, value, offset } of records) {
    const output = value?.toString().startsWith('bad') ? 'bad' : 'good';
    outputs[output].push({ key, value, headers: { offset: String(offset) } });
  }
  return { fate: 'done', outputs: { good: packRecords(outputs.good), bad: packRecords(outputs.bad) } };
}

function recordFacts(onFact: (fact: string) => void = () => {}): EchoFacts {
  const facts: string[] = [];
  const note = (...words: readonly unknown[]): void => {
    const fact = words.join(' ');
    facts.push(fact);
    onFact(fact);
  };
  return {
    facts,
    joined: (partitions) => note('joined', partitions),
    partitionAcquired: (partition, position) => note('acquired', partition, 'at', position),
    batchCommitted: (partition, records) => note('committed', records, 'of', partition),
    transactionCommitted: () => note('transaction'),
    transactionFailed: (partition, error) => note('failed', partition, error.message),
    partitionPaused: (partition, reason) => note('paused', partition, reason),
    recordsExpired: (partition, from, to) => note('expired', partition, from, to),
    consumerCrashed: (error, restarts) => note('crashed', error.message, restarts),
    clientLog: (level, message) => void (level === 'error' && note('log', message)),
  };
}
