import { Worker } from 'node:worker_threads';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Lineup } from '../lineup.ts';
import type { ScoringSettings } from '../open-batch-scorer.ts';
import type { ScoredBatch } from '../score-batch.ts';
import type { FromThread, ToThread } from './messages.ts';
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
  /** One that has had nothing to score for so long ends, and its memory with it. */
  readonly idleMs?: number;
}

/** What a thread is to score. */
export interface ThreadJob {
  readonly batch: PartitionBatch;
  readonly lineup: Lineup;
  readonly settings: ScoringSettings;
  /** Of the batch's records, by id. */
  readonly schemas: ReadonlyMap<number, string>;
}

interface Waiting {
  readonly records: number;
  readonly settle: (scored: ScoredBatch | undefined) => void;
}

const PROGRAM = new URL('scoring-thread.ts', import.meta.url);
/** Many times what a batch takes that holds up nothing else. */
const SILENT_MS = 60_000;
/** Of a stream that keeps falling behind, one thread lives on; its start takes a core for a second. */
const IDLE_MS = 120_000;
/** Whoever stops waits no longer for a thread that says nothing. */
const SILENT_AT_CLOSE_MS = 5_000;
/** A thread that ended, or could not do something, is asked again after this time. */
const LEFT_ALONE_MS = 10_000;

/** A scoring thread as the main thread sees it. It starts when it is asked for, and ends when it has long had nothing to do. */
export class ThreadHandle {
  readonly #events: ThreadEvents;
  readonly #program: URL;
  readonly #models = new ModelsInThread((message) => this.#post(message));
  readonly #schemas = new Set<number>();
  readonly #jobs = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastJob = 0;
  #silentMs: number;
  #silence: NodeJS.Timeout | undefined;
  readonly #idleMs: number;
  #leisure: NodeJS.Timeout | undefined;
  #notBeforeMs = -Infinity;
  #allDone = Promise.withResolvers<void>();

  constructor(
    events: ThreadEvents,
    { program = PROGRAM, silentMs = SILENT_MS, idleMs = IDLE_MS }: ThreadSettings = {},
  ) {
    this.#events = events;
    this.#program = program;
    this.#silentMs = silentMs;
    this.#idleMs = idleMs;
  }

  /** Records that it has to score. */
  get waiting(): number {
    return [...this.#jobs.values()].reduce((sum, { records }) => sum + records, 0);
  }

  /** Batches that it has to score. */
  get batches(): number {
    return this.#jobs.size;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether a lineup's models are in its memory; asks it to open those that aren't. */
  isReadyFor(lineup: Lineup): boolean {
    return performance.now() >= this.#notBeforeMs && this.#try(() => this.#models.has(lineup), false);
  }

  /** Undefined where it could not: the main thread scores the batch then. {@link isReadyFor} comes first. */
  score({ batch, lineup, settings, schemas }: ThreadJob): Promise<ScoredBatch | undefined> {
    const { promise, resolve } = Promise.withResolvers<ScoredBatch | undefined>();
    this.#lastJob += 1;
    const job = this.#lastJob;
    this.#jobs.set(job, { records: batch.records.length, settle: resolve });
    clearTimeout(this.#leisure);
    this.#expectAnswer();
    this.#try(() => {
      const packed = packBatch(batch);
      const unseen = new Map([...schemas].filter(([id]) => !this.#schemas.has(id)));
      const inThread = this.#models.pack(lineup);
      const schemaIds = [...schemas.keys()];
      this.#post(
        { kind: 'score', job, batch: packed, lineup: inThread, settings, schemaIds, schemas: unseen },
        buffersOfBatch(packed),
      );
      for (const id of unseen.keys()) this.#schemas.add(id);
    }, undefined);
    return promise;
  }

  /** Takes nothing any more, finishes what it has to score if it can, and ends. */
  async close(): Promise<void> {
    this.#notBeforeMs = Infinity;
    if (this.#jobs.size > 0) {
      this.#silentMs = SILENT_AT_CLOSE_MS;
      this.#hush();
      this.#expectAnswer();
      await this.#allDone.promise;
    }
    await this.#dismiss();
  }

  #post(message: ToThread, moved: readonly ArrayBuffer[] = []): void {
    this.#worker ??= this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
    this.#worker.postMessage(message, [...moved]);
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    worker.unref();
    worker.on('message', (message: FromThread) => {
      if (worker !== this.#worker) return;
      this.#take(message);
      if (this.#jobs.size === 0) this.#rest();
    });
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
    this.#hush();
    this.#allDone.resolve();
    this.#allDone = Promise.withResolvers();
  }

  #expectAnswer(): void {
    const silentMs = this.#silentMs;
    this.#silence ??= setTimeout(() => {
      this.#ended(this.#worker, `the scoring thread said nothing for ${silentMs / 1_000} s`);
    }, silentMs).unref();
  }

  #hush(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #rest(): void {
    clearTimeout(this.#leisure);
    this.#leisure = setTimeout(() => void this.#dismiss(), this.#idleMs).unref();
  }

  /** Resolves when it has ended; of one that hangs in native code, never. */
  async #dismiss(): Promise<void> {
    clearTimeout(this.#leisure);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#models.forget();
    this.#schemas.clear();
    await worker?.terminate();
  }

  /** What can't be asked of a thread (no more threads can be started, say) ends it as if it had failed. */
  #try<T>(ask: () => T, otherwise: T): T {
    try {
      return ask();
    } catch (error) {
      this.#end(`the scoring thread can not be asked: ${String(error)}`);
      return otherwise;
    }
  }

  #ended(worker: Worker | undefined, reason: string): void {
    // Of one that ended before, or was told to.
    if (worker !== undefined && worker === this.#worker) this.#end(reason);
  }

  #end(reason: string): void {
    void this.#dismiss();
    this.#failed(reason);
    for (const job of this.#jobs.keys()) this.#settle(job, undefined);
  }

  /** It is left alone for a while. */
  #failed(reason: string): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, performance.now() + LEFT_ALONE_MS);
    this.#events.threadFailed(reason);
  }
}
