import { asEager, type FetchedBatch } from './fetcher.ts';

/** The part of kafkajs's consumer group that says what is fetched, and how long that may take. */
export interface FetchingGroup {
  readonly groupId: string;
  maxWaitTime: number;
  readonly subscriptionState: { assigned(): readonly TopicPartitions[] };
  fetch(nodeId: number): Promise<readonly FetchedBatch[]>;
  joinAndSync(): Promise<void>;
  getActiveTopicPartitions(): Record<string, Set<number>>;
  filterPartitionsByNode(nodeId: number, partitions: readonly TopicPartitions[]): readonly TopicPartitions[];
}

interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The part of kafkajs's runner that fetches and works on batches. */
export interface BatchRunner {
  readonly running: boolean;
  readonly consumerGroup: FetchingGroup;
  fetch(nodeId: number): Promise<readonly FetchedBatch[]>;
  handleBatch(batch: FetchedBatch): Promise<void>;
}

/** How long a fetch waits for a first record at least, while partitions are at work that may want to be in the next. */
const SHORTEST_WAIT_MS = 3;
/** A fetch waits for this part of the time that the latest work has taken: that soon at most it begins too late. */
const WAIT_OF_WORK = 1 / 4;
/** What a heartbeat is answered that came too late, or while the group is joined anew. */
const REJOINING = new Set([
  'REBALANCE_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
]);

/** By group, how many records at work have a fetch beside them. */
const eagerGroups = new Map<string, number>();
const works = new WeakMap<FetchingGroup, AtWork>();

/**
 * Consumers of this group fetch while partitions are at work. Their work must bear that the group is joined anew
 * beside it, by a fetch. Less than `fromRecords` are worked off before the next fetch, for as long as a fetch waits for
 * a first record: what comes meanwhile gathers, and a fetch for all partitions costs what one for a single one costs.
 */
export function fetchEagerly(groupId: string, fromRecords: number): void {
  eagerGroups.set(groupId, fromRecords);
}

/** The partitions of an eager consumer that are at work, and how often it has joined its group. */
class AtWork {
  readonly #partitions = new Map<string, Set<number>>();
  readonly #fromRecords: number;
  readonly #longestWaitMs: number;
  #latestBeganAtMs = -Infinity;
  #records = 0;
  /** What is at work is worked off before the next fetch. */
  #isGathering = false;
  #ended = Promise.withResolvers<void>();
  #joining: Promise<unknown> = Promise.resolve();
  /** Begun. */
  joins = 0;

  /**
   * @param fromRecords - how many at work have a fetch beside them.
   * @param longestWaitMs - how long a fetch waits for a first record while none is at work.
   */
  constructor(fromRecords: number, longestWaitMs: number) {
    this.#fromRecords = fromRecords;
    this.#longestWaitMs = longestWaitMs;
  }

  began({ topic, partition, messages }: FetchedBatch): void {
    this.#records += messages.length;
    const ofTopic = this.#partitions.get(topic) ?? new Set();
    this.#partitions.set(topic, ofTopic.add(partition));
    this.#latestBeganAtMs = performance.now();
  }

  ended({ topic, partition, messages }: FetchedBatch): void {
    this.#records -= messages.length;
    this.#partitions.get(topic)?.delete(partition);
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }

  /** How long the next fetch is to wait for these, which are about to begin. */
  fetched(batches: readonly FetchedBatch[]): number {
    const records = batches.reduce((sum, { messages }) => sum + messages.length, 0);
    if (records === 0) return 0;
    this.#isGathering = this.#records + records < this.#fromRecords;
    return this.#isGathering ? this.#longestWaitMs : 0;
  }

  get isAny(): boolean {
    return this.#partitions.values().some(({ size }) => size > 0);
  }

  /** Until one has ended, but no longer than a fetch waits. */
  async untilOneEnds(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.#longestWaitMs);
    await Promise.race([this.#ended.promise, late.promise]);
    clearTimeout(timer);
  }

  /** Soon, for the latest may end soon, and later the longer it takes; another broker's hurries no gathering. */
  waitMs(): number {
    const tookMs = performance.now() - this.#latestBeganAtMs;
    const gathers = this.#isGathering && tookMs < this.#longestWaitMs;
    if (!this.isAny || gathers) return this.#longestWaitMs;
    return Math.min(this.#longestWaitMs, Math.max(SHORTEST_WAIT_MS, Math.ceil(tookMs * WAIT_OF_WORK)));
  }

  removeFrom(active: Record<string, Set<number>>): Record<string, Set<number>> {
    for (const [topic, partitions] of this.#partitions)
      for (const partition of partitions) active[topic]?.delete(partition);
    return active;
  }

  async join(joinAndSync: () => Promise<void>): Promise<void> {
    this.joins += 1;
    const joining = joinAndSync();
    this.#joining = joining.catch(() => undefined);
    await joining;
  }

  async untilJoined(): Promise<void> {
    await this.#joining;
  }
}

/** Undefined for a group that isn't eager. */
function atWorkIn(group: FetchingGroup): AtWork | undefined {
  const fromRecords = eagerGroups.get(group.groupId);
  if (fromRecords === undefined) return undefined;
  const known = works.get(group);
  if (known !== undefined) return known;
  const atWork = new AtWork(fromRecords, group.maxWaitTime);
  works.set(group, atWork);
  Object.defineProperty(group, 'maxWaitTime', { get: () => atWork.waitMs() });
  return atWork;
}

/** Of kafkajs's runner. */
export function runBesideFetches(
  original: Pick<BatchRunner, 'fetch' | 'handleBatch'>,
): Pick<BatchRunner, 'fetch' | 'handleBatch'> {
  return {
    async fetch(this: BatchRunner, nodeId) {
      // kafkajs gives nothing, at once: where the brokers change while it stops, it would ask again for ever.
      if (!this.running) throw new Error('the consumer has been stopped');
      return original.fetch.call(this, nodeId);
    },
    async handleBatch(this: BatchRunner, batch) {
      const atWork = atWorkIn(this.consumerGroup);
      if (atWork === undefined) return original.handleBatch.call(this, batch);
      const { joins } = atWork;
      // Of an empty one nothing is to be done but a heartbeat.
      const isWork = !batch.isEmpty();
      if (isWork) atWork.began(batch);
      try {
        await original.handleBatch.call(this, batch);
      } catch (error) {
        if (!isRejoining(error)) throw error;
        await atWork.untilJoined();
        // That was said to an earlier membership: one more join would help nobody.
        if (atWork.joins === joins) throw error;
      } finally {
        if (isWork) atWork.ended(batch);
      }
    },
  };
}

type GroupMethods = Pick<FetchingGroup, 'fetch' | 'getActiveTopicPartitions' | 'joinAndSync'>;

/**
 * Of kafkajs's consumer group: leaves partitions at work out of a fetch, which then comes back soon; where a broker has
 * nothing else, waits until one of them has ended.
 */
export function fetchBesideWork(original: GroupMethods): GroupMethods {
  return {
    async fetch(this: FetchingGroup, nodeId) {
      const atWork = atWorkIn(this);
      if (atWork === undefined) return original.fetch.call(this, nodeId);
      if (atWork.isAny && !hasMore(this, nodeId)) {
        await atWork.untilOneEnds();
        if (!hasMore(this, nodeId)) return asEager([], 0);
      }
      const batches = await original.fetch.call(this, nodeId);
      return asEager(batches, atWork.fetched(batches));
    },
    getActiveTopicPartitions(this: FetchingGroup) {
      const active = original.getActiveTopicPartitions.call(this);
      return atWorkIn(this)?.removeFrom(active) ?? active;
    },
    async joinAndSync(this: FetchingGroup) {
      const join = (): Promise<void> => original.joinAndSync.call(this);
      return atWorkIn(this)?.join(join) ?? join();
    },
  };
}

/** Whether a broker leads a partition that is to be fetched and not at work. */
function hasMore(group: FetchingGroup, nodeId: number): boolean {
  const active = group.getActiveTopicPartitions();
  const led = group.filterPartitionsByNode(nodeId, group.subscriptionState.assigned());
  return led.some(({ topic, partitions }) => partitions.some((partition) => active[topic]?.has(partition)));
}

function isRejoining(error: unknown): boolean {
  return (
    error instanceof Error && 'type' in error && typeof error.type === 'string' && REJOINING.has(error.type)
  );
}
