import { Worker } from 'node:worker_threads';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Lineup } from '../lineup.ts';
import type { ScoredBatch } from '../score-batch.ts';
import type { FromThread, ThreadOptions, ToThread } from './messages.ts';
import { ModelsInThread } from './models-in-thread.ts';
import { buffersOfBatch, packBatch } from './packed-batch.ts';

export interface ThreadEvents {
  /** Scoring goes on in the main thread. */
  threadFailed(reason: string): void;
}

export interface ThreadSettings {
  /** What runs in it. */
  readonly program?: URL;
  /** A thread that has batches to score and says nothing for so long hangs. */
  readonly silentMs?: number;
}

interface Job {
  readonly records: number;
  readonly settle: (scored: ScoredBatch | undefined) => void;
}

const PROGRAM = new URL('scoring-thread.ts', import.meta.url);
/** Many times what a batch takes that holds up nothing else. */
const SILENT_MS = 60_000;
/** A thread that ended, or could not open a model, is asked again after this time. */
const LEFT_ALONE_MS = 10_000;

/** A scoring thread as the main thread sees it. It starts when it is first asked for, and ends with `close`. */
export class ThreadHandle {
  readonly #options: ThreadOptions;
  readonly #events: ThreadEvents;
  readonly #settings: Required<ThreadSettings>;
  readonly #models = new ModelsInThread((message) => this.#post(message));
  readonly #jobs = new Map<number, Job>();
  #worker: Worker | undefined;
  #lastJob = 0;
  #notBeforeMs = -Infinity;
  #silence: NodeJS.Timeout | undefined;

  constructor(
    options: ThreadOptions,
    events: ThreadEvents,
    { program = PROGRAM, silentMs = SILENT_MS }: ThreadSettings = {},
  ) {
    this.#options = options;
    this.#events = events;
    this.#settings = { program, silentMs };
  }

  /** Records that it has to score. */
  get waiting(): number {
    return [...this.#jobs.values()].reduce((sum, { records }) => sum + records, 0);
  }

  /** Whether a lineup's models are in its memory; asks it to open those that aren't. */
  isReadyFor(lineup: Lineup): boolean {
    return performance.now() >= this.#notBeforeMs && this.#models.has(lineup);
  }

  /** Undefined where it could not: whoever called scores the batch then, or learns why not. */
  score(batch: PartitionBatch, lineup: Lineup): Promise<ScoredBatch | undefined> {
    const { promise, resolve } = Promise.withResolvers<ScoredBatch | undefined>();
    this.#lastJob += 1;
    this.#jobs.set(this.#lastJob, { records: batch.records.length, settle: resolve });
    this.#expectAnswer();
    const packed = packBatch(batch);
    this.#post(
      { kind: 'score', job: this.#lastJob, batch: packed, lineup: this.#models.pack(lineup) },
      buffersOfBatch(packed),
    );
    return promise;
  }

  /** What it has to score is not scored any more. */
  async close(): Promise<void> {
    const ending = this.#worker;
    this.#worker = undefined;
    this.#notBeforeMs = Infinity;
    this.#giveUpJobs();
    await ending?.terminate();
  }

  #post(message: ToThread, moved: readonly ArrayBuffer[] = []): void {
    this.#worker ??= this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
    this.#worker.postMessage(message, [...moved]);
  }

  #start(): Worker {
    const worker = new Worker(this.#settings.program, { workerData: this.#options });
    worker.unref();
    worker.on('message', (message: FromThread) => this.#take(message));
    worker.on('error', (error) => this.#ended(worker, `the scoring thread failed: ${String(error)}`));
    worker.on('exit', (code) => this.#ended(worker, `the scoring thread ended with ${code}`));
    return worker;
  }

  #take(message: FromThread): void {
    this.#silence?.refresh();
    switch (message.kind) {
      case 'opened':
        return this.#models.opened(message.model);
      case 'refused':
        this.#models.refused(message.model);
        return this.#failed(message.reason);
      case 'failed':
        this.#failed(message.reason);
        return this.#settle(message.job, undefined);
      case 'scored':
        return this.#settle(message.job, message.scored);
    }
  }

  #settle(job: number, scored: ScoredBatch | undefined): void {
    this.#jobs.get(job)?.settle(scored);
    this.#jobs.delete(job);
    if (this.#jobs.size > 0) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #expectAnswer(): void {
    const { silentMs } = this.#settings;
    this.#silence ??= setTimeout(() => {
      this.#ended(this.#worker, `the scoring thread said nothing for ${silentMs / 1_000} s`);
    }, silentMs).unref();
  }

  #ended(worker: Worker | undefined, reason: string): void {
    // Of one that ended before, or was told to.
    if (worker === undefined || worker !== this.#worker) return;
    this.#worker = undefined;
    this.#models.forget();
    this.#failed(reason);
    this.#giveUpJobs();
    // One that hangs in native code never resolves it.
    void worker.terminate();
  }

  /** It is left alone for a while. */
  #failed(reason: string): void {
    this.#notBeforeMs = performance.now() + LEFT_ALONE_MS;
    this.#events.threadFailed(reason);
  }

  #giveUpJobs(): void {
    for (const job of this.#jobs.keys()) this.#settle(job, undefined);
  }
}
