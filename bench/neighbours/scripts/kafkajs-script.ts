import kafkajs, { type EachBatchPayload, type Producer } from 'kafkajs';
import { openLeadScorer } from './lead-scorer.ts';
import { readArguments } from './script.ts';

/**
 * Scores leads exactly once as one would write it on kafkajs in a day: a batch of a partition is one transaction of
 * that partition's producer. What it leaves out is listed in bench/README.md.
 *
 * Usage: node kafkajs-script.ts BROKERS REGISTRY FROM TO GROUP PACKAGE_FOLDER; it runs until it is ended.
 */
const script = readArguments(process.argv.slice(2));
const { brokers, from, to, groupId } = script;

/** A `send` costs the square of its messages. */
const MESSAGES_A_SEND = 500;
/** A transaction that follows another meets the broker at its markers; kafkajs's default would sleep 300 ms. */
const SHORT_RETRIES = { initialRetryTime: 5, factor: 0, multiplier: 1.3, maxRetryTime: 500, retries: 30 };

const client = { clientId: 'kafkajs-script', brokers, logLevel: kafkajs.logLevel.NOTHING };
const consumers = new kafkajs.Kafka(client);
// Of another client: `sendOffsets` tells consumers of its own that offsets are committed before they are.
const producers = new kafkajs.Kafka({ ...client, retry: SHORT_RETRIES });

const score = await openLeadScorer(script);
const consumer = consumers.consumer({ groupId, sessionTimeout: 10_000, maxWaitTimeInMs: 50 });
const producerOf = createProducers();
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(payload.error);
  process.exit(1);
});
process.once('SIGTERM', () => void consumer.disconnect().finally(() => process.exit()));

await consumer.connect();
await consumer.subscribe({ topics: [from], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: await countPartitions(),
  eachBatch: scoreBatch,
});

async function scoreBatch({ batch, resolveOffset, heartbeat }: EachBatchPayload): Promise<void> {
  const { partition, messages } = batch;
  const last = messages.at(-1);
  if (last === undefined) return;
  const scores = await score(partition, messages);
  const producer = await producerOf(partition);
  const transaction = await producer.transaction();
  try {
    for (let start = 0; start < scores.length; start += MESSAGES_A_SEND) {
      const chunk = scores.slice(start, start + MESSAGES_A_SEND);
      await transaction.send({ topic: to, messages: chunk.map((each) => ({ ...each, partition })) });
    }
    const next = { partition, offset: String(Number(last.offset) + 1) };
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: from, partitions: [next] }],
    });
    await transaction.commit();
  } catch (error) {
    await transaction.abort();
    throw error;
  }
  resolveOffset(last.offset);
  await heartbeat();
}

/** One producer a partition, opened with its first batch. */
function createProducers(): (partition: number) => Promise<Producer> {
  const opened = new Map<number, Promise<Producer>>();
  return (partition) => {
    const known = opened.get(partition) ?? openProducer(partition);
    opened.set(partition, known);
    return known;
  };
}

async function openProducer(partition: number): Promise<Producer> {
  const transactionalId = `${groupId}.${from}.${partition}`;
  const producer = producers.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return producer;
}

async function countPartitions(): Promise<number> {
  const admin = consumers.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [from] });
  await admin.disconnect();
  return topics[0]?.partitions.length ?? 1;
}
