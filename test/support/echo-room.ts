import { openKafkaLab, type KafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { type TestContext, vi } from 'vitest';
import { readCommitted } from '../judge/read-committed.ts';
import { startEchoProcess } from './start-echo-process.ts';
import { readAll } from './read-all.ts';
import {
  createEcho,
  echoTopics,
  groupOf,
  type EchoOptions,
  type EchoOutput,
  type EchoTopics,
} from './echo.ts';

const DEADLINE_MS = 60_000;

/**
 * Topics of one test's own with echo consumers on them, which are stopped when the test ends. What was produced is
 * remembered by partition, so that `judge` can tell whether each record came out exactly once.
 */
export async function openEchoRoom(
  brokers: string,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { partitions = 1 } = {},
) {
  const topics = echoTopics(`echo-${crypto.randomUUID().slice(0, 8)}`);
  const lab = await openKafkaLab(brokers);
  onTestFinished(() => lab.close());
  await lab.createTopic(topics.input, partitions);
  await lab.createTopic(topics.good, partitions);
  await lab.createTopic(topics.bad, partitions);
  const produced = new Map<number, string[]>();
  const ends = new Map<number, number>();
  return {
    lab,
    topics,
    group: groupOf(topics),
    /** Notes what stands in the input without having been written by `produce`. */
    expect(partition: number, values: readonly string[], end: number) {
      produced.set(partition, [...(produced.get(partition) ?? []), ...values]);
      ends.set(partition, end);
    },
    async produce(partition: number, values: readonly string[], how?: Parameters<KafkaLab['produce']>[3]) {
      this.expect(partition, values, await lab.produce(topics.input, partition, values, how));
    },
    /** Starts a consumer; it is stopped, if that wasn't done, when the test ends. */
    async consume(options: EchoOptions = {}) {
      const consumer = createEcho(brokers, topics, options);
      let stopped: Promise<void> | undefined;
      const stop = (): Promise<void> => (stopped ??= consumer.stop());
      onTestFinished(stop);
      await consumer.start();
      return { ...consumer, stop };
    },
    /** Starts a consumer in a process of its own; it is killed when the test ends. */
    async consumeElsewhere() {
      const child = await startEchoProcess(brokers, topics);
      onTestFinished(() => child.kill());
      return child;
    },
    /** Waits until the group has committed all that was produced. */
    untilCommitted: () =>
      vi.waitFor(
        async () => {
          const committed = await lab.committed(groupOf(topics), topics.input);
          for (const [partition, end] of ends) {
            if ((committed.get(partition) ?? -1) < end)
              throw new Error(`partition ${partition}: ${committed.get(partition)} of ${end} committed`);
          }
        },
        { timeout: DEADLINE_MS, interval: 100 },
      ),
    /**
     * What a read_committed reader finds in the outputs, and what it should: our own reader, or an independent one,
     * Kafka's Java client, which takes its time to start.
     */
    async judge(reader: 'own' | 'independent' = 'own') {
      const read = reader === 'own' ? readAll : readCommitted;
      return { found: await readOutputs(read, brokers, topics), expected: expectedOf(produced) };
    },
  };
}

/** Values by output and partition, in order. */
type Outputs = Readonly<Record<EchoOutput, Readonly<Record<number, readonly string[]>>>>;

async function readOutputs(
  read: typeof readAll | typeof readCommitted,
  brokers: string,
  topics: EchoTopics,
): Promise<Outputs> {
  const found: Record<EchoOutput, Record<number, string[]>> = { good: {}, bad: {} };
  await read(brokers, [topics.good, topics.bad], ({ topic, partition, value }) => {
    const output = found[topic === topics.good ? 'good' : 'bad'];
    (output[partition] ??= []).push(String(value));
  });
  return found;
}

function expectedOf(produced: ReadonlyMap<number, readonly string[]>): Outputs {
  const isBad = (value: string): boolean => value.startsWith('bad');
  const pick = (is: (value: string) => boolean): Record<number, string[]> =>
    Object.fromEntries(
      [...produced]
        .map(([partition, values]) => [partition, values.filter(is)] as const)
        .filter(([, values]) => values.length > 0),
    );
  return { good: pick((value) => !isBad(value)), bad: pick(isBad) };
}

/** Texts that differ, with a name for where they come from. */
export function texts(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}
