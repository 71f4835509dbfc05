import type { Admin, Consumer } from 'kafkajs';
import type { WithGeneration } from './fixes/generation.ts';
import type { GroupMember } from './transactions/transactional-writer.ts';

/** What can be asked of a running consumer. */
export interface ConsumerWatch {
  /** Why it can't do its work now; undefined: it can. */
  notReady(): string | undefined;
  /** This member's partitions, by topic. */
  assigned(): ReadonlyMap<string, readonly number[]>;
  /** Records not yet processed, by '<topic>/<partition>': log end less position, the markers read counted as read. */
  lag(): Promise<ReadonlyMap<string, number>>;
  /** Where work stands since the last join, by '<topic>/<partition>': what failed or is at hand doesn't count. */
  fetched(): ReadonlyMap<string, number>;
  /** Settles when the consumer stopped for good while the process lives: the service must then exit. */
  readonly failed: Promise<Error>;
}

type WatchAdmin = Pick<Admin, 'describeCluster' | 'fetchOffsets' | 'fetchTopicOffsets'>;

export interface ConsumerWatchOptions {
  readonly admin: WatchAdmin;
  readonly groupId: string;
  readonly onCrash: (error: Error, restarts: boolean) => void;
  /** Called synchronously at each join of the group, also after a rebalance. */
  readonly onJoin: (assignment: ReadonlyMap<string, readonly number[]>, member: GroupMember) => void;
}

/** What the consumer's own loop uses. */
export interface OwnConsumerWatch extends ConsumerWatch {
  /** Told by the loop: the work on all records before `nextOffset` has succeeded. */
  passed(topic: string, partition: number, nextOffset: number): void;
  close(): void;
}

const WATCHDOG_INTERVAL_MS = 5_000;
/** kafkajs has hangs in its fetch tracker: with no sign of life for this long, and brokers that answer, give up. */
const HUNG_AFTER_MS = 60_000;
/** Fetches come 20 times a second when idle: this long without one, and the brokers are not there. */
const SILENT_AFTER_MS = 15_000;

/** Follows a consumer through its instrumentation events. `close` before the consumer is stopped on purpose. */
export function watchConsumer(
  consumer: Pick<Consumer, 'on' | 'events'>,
  { admin, groupId, onCrash, onJoin }: ConsumerWatchOptions,
): OwnConsumerWatch {
  let assignment: ReadonlyMap<string, readonly number[]> | undefined;
  let lastSignMs: number | undefined;
  const positions = new Map<string, number>();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();

  const alive = (): void => void (lastSignMs = performance.now());
  const passed = (topic: string, partition: number, nextOffset: number): void =>
    void positions.set(`${topic}/${partition}`, nextOffset);
  const { CONNECT, FETCH, HEARTBEAT, GROUP_JOIN, END_BATCH_PROCESS, CRASH } = consumer.events;
  consumer.on(CONNECT, alive);
  consumer.on(FETCH, alive);
  consumer.on(HEARTBEAT, alive);
  consumer.on(GROUP_JOIN, ({ payload }) => {
    alive();
    assignment = new Map(Object.entries(payload.memberAssignment));
    // What was read of a partition that went and came back may be what another member has read on from.
    positions.clear();
    const { memberId, generationId } = payload as WithGeneration<typeof payload>;
    onJoin(assignment, { memberId, generationId });
  });
  consumer.on(END_BATCH_PROCESS, ({ payload }) => {
    alive();
    // A batch that failed ends like any other; what no loop gets to see (markers, aborted records) counts here.
    if (payload.batchSize === 0) passed(payload.topic, payload.partition, Number(payload.lastOffset) + 1);
  });
  consumer.on(CRASH, ({ payload }) => {
    onCrash(payload.error, payload.restart);
    if (!payload.restart) fail(payload.error);
  });

  const watchdog = setInterval(() => {
    // Before the consumer has connected it waits for brokers and topics, for as long as it takes.
    if (lastSignMs === undefined || performance.now() - lastSignMs < HUNG_AFTER_MS) return;
    // Brokers that don't answer are an outage, to be waited out; brokers that do mean that the consumer hangs.
    admin.describeCluster().then(
      () => fail(new Error(`the Kafka consumer has shown no sign of life for ${HUNG_AFTER_MS / 1000} s`)),
      () => undefined,
    );
  }, WATCHDOG_INTERVAL_MS).unref();

  return {
    failed,
    assigned: () => assignment ?? new Map(),
    notReady() {
      if (assignment === undefined || lastSignMs === undefined)
        return 'has not joined its consumer group yet';
      const silentMs = performance.now() - lastSignMs;
      return silentMs > SILENT_AFTER_MS
        ? `no answer from Kafka for ${Math.round(silentMs / 1000)} s`
        : undefined;
    },
    lag: () => measureLag(admin, groupId, assignment ?? new Map(), positions),
    fetched: () => positions,
    passed,
    close: () => clearInterval(watchdog),
  };
}

/** A partition of which nothing was read since the last join stands where the group has committed. */
async function measureLag(
  admin: WatchAdmin,
  groupId: string,
  assignment: ReadonlyMap<string, readonly number[]>,
  positions: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const lag = new Map<string, number>();
  const groups = await admin.fetchOffsets({ groupId, topics: [...assignment.keys()] });
  for (const { topic, partitions } of groups) {
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (assignment.get(topic)?.includes(partition) !== true) continue;
      const position = positions.get(`${topic}/${partition}`) ?? committed.get(partition) ?? -1;
      lag.set(`${topic}/${partition}`, Math.max(0, Number(high) - Math.max(Number(low), position)));
    }
  }
  return lag;
}
