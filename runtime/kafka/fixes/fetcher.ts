import { EventEmitter, once } from 'node:events';
import type { WorkerQueue } from './worker-queue.ts';

/** What is used of kafkajs's batch. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly unknown[];
  isEmpty(): boolean;
}

interface FetcherOptions {
  readonly nodeId: number;
  readonly workerQueue: WorkerQueue<FetchedBatch>;
  /** Partition to the fetcher that has it: a partition that moves isn't worked on twice. */
  readonly partitionAssignments: Map<string, number>;
  readonly fetch: (nodeId: number) => Promise<readonly FetchedBatch[]>;
}

interface Failure {
  readonly error: unknown;
}

/** For how long the next fetch waits for a broker's partitions at work. */
const waitsMs = new WeakMap<readonly FetchedBatch[], number>();

/** Marks what was fetched for an eager consumer (see eager-groups.ts): the next fetch waits for it so long at most. */
export function asEager<Batches extends readonly FetchedBatch[]>(batches: Batches, waitMs: number): Batches {
  waitsMs.set(batches, waitMs);
  return batches;
}

/** In place of kafkajs's function of that name. */
export function createFetcher(options: FetcherOptions): Fetcher {
  return new Fetcher(options);
}

/**
 * As kafkajs 2.2.4's fetcher of one broker, but for an eager consumer the next fetch waits for all partitions of the
 * last one no longer than it is told: one that hangs, or is given to us just now, doesn't hold up the others.
 */
class Fetcher {
  readonly #options: FetcherOptions;
  readonly #atWork = new Set<Promise<void>>();
  readonly #emitter = new EventEmitter();
  #isRunning = false;
  #failure: Failure | undefined;

  constructor(options: FetcherOptions) {
    this.#options = options;
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
    await this.#untilDone(waitsMs.get(batches) ?? Infinity);
  }

  async #untilDone(longestMs: number): Promise<void> {
    if (longestMs === 0 || this.#atWork.size === 0) return;
    const done = Promise.all(this.#atWork);
    if (longestMs === Infinity) return void (await done);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, longestMs);
    await Promise.race([done, late.promise]);
    clearTimeout(timer);
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
