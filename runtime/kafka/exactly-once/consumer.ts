import type { Admin, Consumer } from 'kafkajs';
import { BOUNDED_RETRY, createKafkaClient, PATIENT_RETRY, TRANSACTION_RETRY } from '../client.ts';
import { watchConsumer, type ConsumerWatch } from '../consumer-watch.ts';
import { fetchEagerly } from '../fixes/eager-groups.ts';
import { createPartitionGrower } from '../grow-partitions.ts';
import { initialiseWriter } from '../transactions/initialise-writer.ts';
import { createStableOffsets } from '../transactions/stable-offsets.ts';
import { requireTopics } from '../require-topics.ts';
import { untilAvailable } from '../../until-available.ts';
import { createPartitionControl } from '../partition-control.ts';
import { type PartitionContext } from './owned-partition.ts';
import { PartitionLoop } from './partition-loop.ts';
import { type PartitionOutputs, PartitionProducer, type WriterOpener } from './partition-producer.ts';
import type { ExactlyOnceOptions } from './types.ts';

/** Session time-out: how long after a kill -9 the partitions move on. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 1_000;
/** A fetch waits this long for a first record: idle traffic against nothing gained in latency. */
const EAGER_FETCH = { maxWaitTimeInMs: 50, minBytes: 1 };
/** For some hundred leads, or so long. */
const GATHERING_FETCH = { maxWaitTimeInMs: 200, minBytes: 128 * 1024 };
/** More than a fetch that gathers waits for: they were there before. */
const BACKLOG_RECORDS = 1_000;
/** Some thousand leads: what is fetched lives until its last batch is committed, and twice as much gained nothing. */
const FETCH_BYTES_PER_PARTITION = 512 * 1024;
/** New partitions of the topic are found within this time. */
const METADATA_MAX_AGE_MS = 15_000;
/** Every assigned partition is worked on at once; an upper bound of what one process can own. */
const MAX_OWNED_PARTITIONS = 1_024;

export interface ExactlyOnceConsumer extends ConsumerWatch {
  /** Waits, telling why, for brokers and topics that are not there yet; resolves once it consumes. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  /** Finishes the batches at hand, leaves the group and closes; at most as long as one batch takes. */
  stop(): Promise<void>;
}

/**
 * Reads a topic, transforms each batch and writes what comes of it exactly once: the records and the group's offsets in
 * one Kafka transaction, for a large batch by itself, for the small ones of several partitions together. Ownership is
 * taken in a fixed order: see {@link OwnedPartition.acquire}.
 */
export function createExactlyOnceConsumer<Output extends string>(
  options: ExactlyOnceOptions<Output>,
): ExactlyOnceConsumer {
  const { kafka, groupId, topic, events, gathers = false } = options;
  const log = events.clientLog.bind(events);
  fetchEagerly(groupId, BACKLOG_RECORDS);
  const consumer = createKafkaClient(kafka, PATIENT_RETRY, log).consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    rebalanceTimeout: SESSION_TIMEOUT_MS,
    ...(gathers ? GATHERING_FETCH : EAGER_FETCH),
    maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    readUncommitted: false,
    allowAutoTopicCreation: false,
  });
  const admin = createKafkaClient(kafka, BOUNDED_RETRY, log).admin();
  const writers = createKafkaClient(kafka, TRANSACTION_RETRY, log);
  const offsets = createStableOffsets(writers, groupId);
  const openWriter: WriterOpener = (identity) =>
    initialiseWriter(writers, { ...identity, topics: Object.values<string>(options.outputs) });
  const context: PartitionContext = {
    openWriter,
    admin,
    readCommitted: (partition) => offsets.read(topic, partition),
    settleAll: createSettler(admin, openWriter, { groupId, topic }),
    groupId,
    topic,
    start: options.start ?? 'earliest',
    onFenced: options.onFenced ?? (() => Promise.resolve()),
    events,
    ensureOutputPartition: createPartitionGrower(admin, Object.values<string>(options.outputs)),
  };
  const control = createPartitionControl(consumer, topic, events.partitionPaused.bind(events));
  const fatal = Promise.withResolvers<Error>();
  const loop = new PartitionLoop(options, context, control, {
    heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
    onFatal: fatal.resolve,
    onPassed: (partition, nextOffset) => watch.passed(topic, partition, nextOffset),
  });
  const watch = watchConsumer(consumer, {
    admin,
    groupId,
    onCrash: events.consumerCrashed.bind(events),
    onJoin: (assignment, member) => loop.joined(assignment.get(topic) ?? [], member),
  });
  return {
    ...watch,
    failed: Promise.race([watch.failed, fatal.promise]),
    notReady: () => watch.notReady() ?? describePauses(control.reasons()),
    start: (onWaiting) => run({ consumer, admin, loop, options }, onWaiting),
    async stop() {
      watch.close();
      control.close();
      await consumer.disconnect();
      await Promise.all([loop.close(), offsets.close(), admin.disconnect()]);
    },
  };
}

/** Initialises every partition's id, whoever owns it: who does so again meanwhile waits for the same. */
function createSettler(
  admin: Admin,
  openWriter: WriterOpener,
  { groupId, topic }: Omit<PartitionOutputs, 'partition'>,
): () => Promise<void> {
  let settling: Promise<void> | undefined;
  const settle = async (): Promise<void> => {
    for (const { partition } of await admin.fetchTopicOffsets(topic))
      (await PartitionProducer.initialise(openWriter, { groupId, topic, partition })).discard();
  };
  return async () => {
    settling ??= settle().finally(() => (settling = undefined));
    await settling;
  };
}

interface Running<Output extends string> {
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly loop: PartitionLoop<Output>;
  readonly options: ExactlyOnceOptions<Output>;
}

async function run<Output extends string>(
  { consumer, admin, loop, options }: Running<Output>,
  onWaiting: (reason: string) => void,
): Promise<void> {
  const { topic, outputs } = options;
  await untilAvailable(async () => {
    await admin.connect();
    await requireTopics(admin, [topic, ...Object.values<string>(outputs)]);
  }, onWaiting);
  await consumer.connect();
  // kafkajs's default is the end of the log: a new group, or a partition added later, would skip leads.
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: MAX_OWNED_PARTITIONS,
    eachBatch: (payload) => loop.run(payload),
  });
}

function describePauses(reasons: ReadonlyMap<number, string>): string | undefined {
  const [first] = reasons;
  if (first === undefined) return undefined;
  const [partition, reason] = first;
  return `${reasons.size} partition(s) paused, partition ${partition}: ${reason}`;
}
