import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink, PATIENT_RETRY } from './client.ts';
import { type ConsumerWatch, type OwnConsumerWatch, watchConsumer } from './consumer-watch.ts';
import { toRecords } from './kafkajs-records.ts';
import type { PartitionBatch } from './record.ts';
import { requireTopics } from './require-topics.ts';
import type { KafkaSettings } from './settings.ts';
import { untilAvailable } from '../until-available.ts';

export interface BatchReaderOptions {
  readonly kafka: KafkaSettings;
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Called with each batch; its offsets are committed after it resolves, so a batch may come twice. `beat` keeps the
   * membership alive in long work. A throw leaves the batch unread: it comes again after a moment.
   */
  readonly onBatch: (batch: PartitionBatch, beat: () => Promise<void>) => Promise<void>;
  readonly events: BatchReaderEvents;
  /** Upper bound of bytes per partition and fetch, and so of what one batch holds. Default 1 MiB. */
  readonly maxBytesPerPartition?: number;
  readonly fetchWaitMs?: number;
}

/** One fact each; telemetry turns them into log lines and metrics. */
export interface BatchReaderEvents {
  joined(assignment: ReadonlyMap<string, readonly number[]>): void;
  batchFailed(topic: string, partition: number, error: Error): void;
  consumerCrashed(error: Error, restarts: boolean): void;
  clientLog: KafkaLogSink;
}

export interface BatchReader extends ConsumerWatch {
  /** Waits, telling why, for brokers and topics that are not there yet; resolves once it reads. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  stop(): Promise<void>;
  /** True while this member is assigned the partition. */
  owns(topic: string, partition: number): boolean;
}

const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 1_000;
const DEFAULT_FETCH_WAIT_MS = 100;
const METADATA_MAX_AGE_MS = 15_000;
const MAX_OWNED_PARTITIONS = 1_024;
const RETRY_AFTER_MS = 1_000;

/** Reads topics at least once, read_committed, from their beginning: for readers whose writes are idempotent. */
export function createBatchReader(options: BatchReaderOptions): BatchReader {
  const { kafka, groupId, events } = options;
  const log = events.clientLog.bind(events);
  const consumer = createKafkaClient(kafka, PATIENT_RETRY, log).consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    rebalanceTimeout: SESSION_TIMEOUT_MS,
    maxWaitTimeInMs: options.fetchWaitMs ?? DEFAULT_FETCH_WAIT_MS,
    minBytes: 1,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    ...(options.maxBytesPerPartition === undefined
      ? {}
      : { maxBytesPerPartition: options.maxBytesPerPartition }),
  });
  const admin = createKafkaClient(kafka, BOUNDED_RETRY, log).admin();
  const failing = new Map<string, string>();
  const watch = watchConsumer(consumer, {
    admin,
    groupId,
    onCrash: events.consumerCrashed.bind(events),
    onJoin: (assignment) => {
      // A pause survives a rebalance: what we get now, we resume.
      for (const [topic, partitions] of assignment) consumer.resume([{ topic, partitions: [...partitions] }]);
      failing.clear();
      events.joined(assignment);
    },
  });
  return {
    ...watch,
    notReady: () => watch.notReady() ?? failing.values().next().value,
    owns: (topic, partition) => watch.assigned().get(topic)?.includes(partition) ?? false,
    start: (onWaiting) => run({ consumer, admin, options, failing, passed: watch.passed }, onWaiting),
    async stop() {
      watch.close();
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}

interface Running {
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly options: BatchReaderOptions;
  readonly failing: Map<string, string>;
  readonly passed: OwnConsumerWatch['passed'];
}

async function run(running: Running, onWaiting: (reason: string) => void): Promise<void> {
  const { consumer, admin, options } = running;
  await untilAvailable(async () => {
    await admin.connect();
    await requireTopics(admin, options.topics);
  }, onWaiting);
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: MAX_OWNED_PARTITIONS,
    eachBatch: (payload) => readBatch(payload, running),
  });
}

async function readBatch(
  payload: EachBatchPayload,
  { options: { onBatch, events }, failing, passed }: Running,
): Promise<void> {
  const { batch } = payload;
  const { topic, partition } = batch;
  const key = `${topic}/${partition}`;
  try {
    const records = toRecords(batch.messages, 0);
    // While its first batch is at hand or fails, a partition must not look like one that has nothing to give.
    const [first] = records;
    if (first !== undefined) passed(topic, partition, first.offset);
    await onBatch({ topic, partition, records }, () => payload.heartbeat());
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (isGroupError(failure)) throw failure;
    events.batchFailed(topic, partition, failure);
    failing.set(key, `${key} waits: ${failure.message}`);
    setTimeout(payload.pause(), RETRY_AFTER_MS);
    return;
  }
  failing.delete(key);
  payload.resolveOffset(batch.lastOffset());
  const next = Number(batch.lastOffset()) + 1;
  const partitions = [{ partition, offset: String(next) }];
  await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
  passed(topic, partition, next);
  await payload.heartbeat();
}

/** What a heartbeat inside `onBatch` was answered by the coordinator: kafkajs must see it, to join anew. */
function isGroupError(error: Error): boolean {
  const type: unknown = 'type' in error ? error.type : undefined;
  return type === 'REBALANCE_IN_PROGRESS' || type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION';
}
