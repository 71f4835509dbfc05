import {
  Consumer,
  type Message,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  Producer,
} from '@platformatic/kafka';
import { openLeadScorer } from './lead-scorer.ts';
import { readArguments } from './script.ts';

/**
 * The kafkajs script on @platformatic/kafka: what its stream has brought of a partition is one transaction of that
 * partition's producer. What it leaves out is listed in bench/README.md.
 *
 * Usage: node platformatic-script.ts BROKERS REGISTRY FROM TO GROUP PACKAGE_FOLDER; it runs until it is ended.
 */
const script = readArguments(process.argv.slice(2));
const { brokers, from, to, groupId } = script;

const MESSAGES_A_SEND = 500;
const MESSAGES_A_TRANSACTION = 8_000;
/** Messages that wait to be scored: above, the stream is paused until half of them are. */
const MOST_WAITING = 50_000;

const client = { clientId: 'platformatic-script', bootstrapBrokers: brokers };
const score = await openLeadScorer(script);
const consumer = new Consumer({
  ...client,
  groupId,
  autocommit: false,
  sessionTimeout: 10_000,
  maxWaitTime: 50,
  maxBytes: 8 << 20,
  maxBytesPerPartition: 1 << 20,
});
const stream = await consumer.consume({
  topics: [from],
  mode: MessagesStreamModes.COMMITTED,
  fallbackMode: MessagesStreamFallbackModes.EARLIEST,
});
process.once('SIGTERM', () => void consumer.close(true).finally(() => process.exit()));

/** A partition's messages that are yet to be scored, and its producer. */
interface PartitionQueue {
  readonly producer: Producer;
  waiting: Message[];
  working: boolean;
}

const queues = new Map<number, PartitionQueue>();
let waiting = 0;

stream.on('error', crash);
stream.on('data', (message) => {
  const queue = queueOf(message.partition);
  queue.waiting.push(message);
  waiting += 1;
  if (waiting === MOST_WAITING) stream.pause();
  if (queue.working) return;
  queue.working = true;
  // A fetch's messages come one by one in one turn of the event loop: all of them are scored together.
  setImmediate(() => void work(message.partition, queue).catch(crash));
});

async function work(partition: number, queue: PartitionQueue): Promise<void> {
  while (queue.waiting.length > 0) {
    const batch = queue.waiting.slice(0, MESSAGES_A_TRANSACTION);
    queue.waiting = queue.waiting.slice(batch.length);
    await scoreBatch(partition, batch, queue.producer);
    waiting -= batch.length;
    if (stream.isPaused() && waiting < MOST_WAITING / 2) stream.resume();
  }
  queue.working = false;
}

async function scoreBatch(partition: number, batch: readonly Message[], producer: Producer): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  const scores = await score(partition, batch);
  const transaction = await producer.beginTransaction();
  for (let start = 0; start < scores.length; start += MESSAGES_A_SEND) {
    const chunk = scores.slice(start, start + MESSAGES_A_SEND);
    await transaction.send({ messages: chunk.map((each) => ({ ...each, topic: to, partition })) });
  }
  await transaction.addConsumer(consumer);
  await transaction.addOffset(last);
  await transaction.commit();
}

function queueOf(partition: number): PartitionQueue {
  const known = queues.get(partition);
  if (known !== undefined) return known;
  const queue = { producer: openProducer(partition), waiting: [], working: false };
  queues.set(partition, queue);
  return queue;
}

function openProducer(partition: number): Producer {
  return new Producer({
    ...client,
    transactionalId: `${groupId}.${from}.${partition}`,
    idempotent: true,
    // A transaction that follows another meets the broker at its markers, on a busy machine for long; the default
    // would sleep a second, and give up after three.
    retryDelay: 5,
    retries: 400,
  });
}

/** What was begun is aborted by the producers' next owner. */
function crash(error: unknown): never {
  console.error(error);
  process.exit(1);
}
