import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerQueue } from './worker-queue.ts';

/** A consumer of so many workers is eager: it takes every partition at once, and never waits for the slowest. */
export const EVERY_PARTITION = 1_024;
/** How long a fetch waits for a first record while partitions are at work, which may want to be in the next one. */
const SHORTEST_WAIT_MS = 3;

/** What is used of kafkajs's batch. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
}

interface FetcherOptions {
  readonly nodeId: number;
  readonly workerQueue: WorkerQueue<FetchedBatch>;
  /** Partition to the fetcher that has it: a partition that moves isn't worked on twice. */
  readonly partitionAssignments: Map<string, number>;
  readonly fetch: (nodeId: number) => Promise<readonly FetchedBatch[]>;
}

function isEager(workerQueue: WorkerQueue<FetchedBatch>): boolean {
  return workerQueue.getWorkers().length >= EVERY_PARTITION;
}

/** In place of kafkajs's function of that name. */
export function createFetcher(options: FetcherOptions): Fetcher {
  return new Fetcher(options);
}

interface Failure {
  readonly error: unknown;
}

/**
 * As kafkajs 2.2.4's fetcher of one broker, but for consumers of `EVERY_PARTITION` the next fetch doesn't wait for all
 * partitions of the last one: those that are still at work are left out of it (see `leaveOutBusy`). A partition's
 * lead waits for its own commit, not for the slowest of six.
 */
class Fetcher {
  readonly #options: FetcherOptions;
  readonly #isEager: boolean;
  readonly #atWork = new Set<Promise<void>>();
  readonly #emitter = new EventEmitter();
  #isRunning = false;
  #failure: Failure | undefined;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#isEager = isEager(options.workerQueue);
  }

  getWorkerQueue(): WorkerQueue<FetchedBatch> {
    return this.#options.workerQueue;
  }

  /** Until it is stopped, or something fails: then, once nothing is at work any more, it throws that. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#failure = undefined;
    while (this.#isRunning && this.#failure === undefined) await this.#fetchOnce().catch(this.#failed);
    await Promise.all(this.#atWork);
    this.#isRunning = false;
    this.#emitter.emit('end');
    this.#throwIfFailed();
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    await once(this.#emitter, 'end');
  }

  async #fetchOnce(): Promise<void> {
    const batches = await this.#options.fetch(this.#options.nodeId);
    if (!this.#isRunning || this.#failure !== undefined) return;
    for (const batch of batches) this.#begin(batch);
    if (!this.#isEager) await Promise.all(this.#atWork);
  }

  #begin(batch: FetchedBatch): void {
    const { nodeId, workerQueue, partitionAssignments } = this.#options;
    const key = `${batch.topic}|${batch.partition}`;
    // At work: another broker's fetcher has it, or a fetch was under way when this one began.
    if (partitionAssignments.has(key)) return;
    partitionAssignments.set(key, nodeId);
    const work = workerQueue
      .push(batch)
      .catch(this.#failed)
      .finally(() => {
        partitionAssignments.delete(key);
        this.#atWork.delete(work);
      });
    this.#atWork.add(work);
  }

  readonly #failed = (error: unknown): void => {
    this.#failure ??= { error };
  };

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** The part of kafkajs's consumer group that says what is fetched, and how long that may take. */
export interface FetchingGroup {
  maxWaitTime: number;
  fetch(nodeId: number): Promise<unknown>;
  getActiveTopicPartitions(): Record<string, Set<number>>;
}

/** The part of kafkajs's runner that works on a batch. */
export interface BatchRunner {
  readonly consumerGroup: FetchingGroup;
  readonly fetchManager: { getFetchers(): readonly Pick<Fetcher, 'getWorkerQueue'>[] };
  handleBatch(batch: FetchedBatch): Promise<void>;
}

/** The partitions of an eager consumer that are at work. */
class AtWork {
  readonly #partitions = new Map<string, Set<number>>();
  readonly #longestWaitMs: number;
  #latestBeganAtMs = -Infinity;
  #ended = Promise.withResolvers<void>();

  /** @param longestWaitMs - how long a fetch waits for a first record while none is. */
  constructor(longestWaitMs: number) {
    this.#longestWaitMs = longestWaitMs;
  }

  began({ topic, partition }: FetchedBatch): void {
    const ofTopic = this.#partitions.get(topic) ?? new Set();
    this.#partitions.set(topic, ofTopic.add(partition));
    this.#latestBeganAtMs = performance.now();
  }

  ended({ topic, partition }: FetchedBatch): void {
    this.#partitions.get(topic)?.delete(partition);
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }

  get isAny(): boolean {
    return this.#partitions.values().some(({ size }) => size > 0);
  }

  /** Until one has ended, but no longer than a fetch waits. */
  async untilOneEnds(): Promise<void> {
    const stop = new AbortController();
    const late = delay(this.#longestWaitMs, undefined, { signal: stop.signal }).catch(() => undefined);
    await Promise.race([this.#ended.promise, late]);
    stop.abort();
  }

  /** As long as the latest has been at work: soon, for it may end soon, and more rarely the longer it takes. */
  waitMs(): number {
    if (!this.isAny) return this.#longestWaitMs;
    const tookMs = Math.ceil(performance.now() - this.#latestBeganAtMs);
    return Math.min(this.#longestWaitMs, Math.max(SHORTEST_WAIT_MS, tookMs));
  }

  removeFrom(active: Record<string, Set<number>>): Record<string, Set<number>> {
    for (const [topic, partitions] of this.#partitions)
      for (const partition of partitions) active[topic]?.delete(partition);
    return active;
  }
}

const groups = new WeakMap<FetchingGroup, AtWork>();

function atWorkIn(group: FetchingGroup): AtWork {
  const known = groups.get(group);
  if (known !== undefined) return known;
  const atWork = new AtWork(group.maxWaitTime);
  groups.set(group, atWork);
  Object.defineProperty(group, 'maxWaitTime', { get: () => atWork.waitMs() });
  return atWork;
}

/** Notes what an eager consumer works on. */
export function noteWork(original: Pick<BatchRunner, 'handleBatch'>): Pick<BatchRunner, 'handleBatch'> {
  return {
    async handleBatch(this: BatchRunner, batch) {
      const queues = this.fetchManager.getFetchers().map((fetcher) => fetcher.getWorkerQueue());
      if (!queues.some(isEager)) return original.handleBatch.call(this, batch);
      const atWork = atWorkIn(this.consumerGroup);
      atWork.began(batch);
      try {
        await original.handleBatch.call(this, batch);
      } finally {
        atWork.ended(batch);
      }
    },
  };
}

/**
 * Leaves partitions at work out of a fetch, which then comes back soon; where nothing else is to be fetched, waits until
 * one of them has ended.
 */
export function leaveOutBusy(
  original: Pick<FetchingGroup, 'fetch' | 'getActiveTopicPartitions'>,
): Pick<FetchingGroup, 'fetch' | 'getActiveTopicPartitions'> {
  return {
    async fetch(this: FetchingGroup, nodeId) {
      const atWork = atWorkIn(this);
      const isNothingLeft = Object.values(this.getActiveTopicPartitions()).every(({ size }) => size === 0);
      if (isNothingLeft && atWork.isAny) await atWork.untilOneEnds();
      return original.fetch.call(this, nodeId);
    },
    getActiveTopicPartitions(this: FetchingGroup) {
      return atWorkIn(this).removeFrom(original.getActiveTopicPartitions.call(this));
    },
  };
}
