import { Worker } from 'node:worker_threads';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lineup } from '../lineup.ts';
import type { ScoredBatch } from '../score-batch.ts';
import type { FromThread, ModelNumber, ThreadOptions, ToThread } from './messages.ts';
import { buffersOf, packBatch, unpackRecords } from './packed-records.ts';

/** A scoring thread as the main thread sees it. */
export interface ThreadHandle {
  /** Records that it has to score. */
  readonly waiting: number;
  /** Whether a lineup's models are in its memory; asks it to open those that aren't. */
  isReadyFor(lineup: Lineup): boolean;
  /** Undefined where it could not: whoever called scores the batch then, or learns why not. */
  score(batch: PartitionBatch, lineup: Lineup): Promise<ScoredBatch | undefined>;
  close(): Promise<void>;
}

export interface ThreadEvents {
  /** Scoring goes on in the main thread. */
  threadFailed(reason: string): void;
}

interface Job {
  readonly records: number;
  readonly settle: (scored: ScoredBatch | undefined) => void;
}

interface ModelInThread {
  readonly number: ModelNumber;
  state: 'opening' | 'open' | 'refused';
}

/** The current ones, and those of a moment ago. */
const KEPT_MODELS = 4;
/** A thread that ended is started anew after this time, where it is needed. */
const RESTART_AFTER_MS = 10_000;

const PROGRAM = new URL('scoring-thread.ts', import.meta.url);

/** A thread that starts when it is first asked for, and ends with {@link ThreadHandle.close}. */
export function createThreadHandle(
  options: ThreadOptions,
  events: ThreadEvents,
  program: URL = PROGRAM,
): ThreadHandle {
  /** The least recently used first. */
  const models = new Map<LoadedModel, ModelInThread>();
  const jobs = new Map<number, Job>();
  let worker: Worker | undefined;
  let lastNumber = 0;
  let endedAtMs = -Infinity;

  const post = (message: ToThread, moved: readonly ArrayBuffer[] = []): void => {
    worker ??= start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
    worker.postMessage(message, [...moved]);
  };
  const settle = (job: number, scored: ScoredBatch | undefined): void => {
    jobs.get(job)?.settle(scored);
    jobs.delete(job);
  };
  const setState = (number: ModelNumber, state: ModelInThread['state']): void => {
    for (const model of models.values()) if (model.number === number) model.state = state;
  };
  const take = (message: FromThread): void => {
    if (message.kind === 'scored') {
      const { scores, deadLetters, summary } = message;
      const outputs = { scores: unpackRecords(scores), deadLetters: unpackRecords(deadLetters) };
      return settle(message.job, { outputs, summary });
    }
    if (message.kind === 'opened') return setState(message.model, 'open');
    events.threadFailed(message.reason);
    if (message.kind === 'refused') return setState(message.model, 'refused');
    settle(message.job, undefined);
  };
  const end = (reason: string): void => {
    if (worker === undefined) return;
    worker = undefined;
    endedAtMs = performance.now();
    models.clear();
    events.threadFailed(reason);
    for (const job of jobs.keys()) settle(job, undefined);
  };
  const start = (): Worker => {
    const started = new Worker(program, { workerData: options });
    started.unref();
    started.on('message', take);
    started.on('error', (error) => end(`the scoring thread failed: ${String(error)}`));
    started.on('exit', (code) => end(`the scoring thread ended with ${code}`));
    return started;
  };
  const openInThread = (model: LoadedModel): void => {
    const number = (lastNumber += 1);
    models.set(model, { number, state: 'opening' });
    post({ kind: 'open', model: number, dir: model.dir });
  };
  const closeUnused = (lineup: ReadonlySet<LoadedModel>): void => {
    for (const [model, { number }] of models) {
      if (models.size <= KEPT_MODELS) return;
      if (lineup.has(model)) continue;
      models.delete(model);
      post({ kind: 'close', model: number });
    }
  };
  return {
    get waiting() {
      return [...jobs.values()].reduce((sum, { records }) => sum + records, 0);
    },
    isReadyFor(lineup) {
      if (performance.now() - endedAtMs < RESTART_AFTER_MS) return false;
      const wanted = new Set(modelsOf(lineup));
      const missing = [...wanted].filter((model) => !models.has(model));
      missing.forEach(openInThread);
      if (missing.length > 0) closeUnused(wanted);
      return [...wanted].every((model) => models.get(model)?.state === 'open');
    },
    score(batch, lineup) {
      const job = (lastNumber += 1);
      const { promise, resolve } = Promise.withResolvers<ScoredBatch | undefined>();
      const numberOf = (model: LoadedModel): ModelNumber => models.get(model)?.number ?? NaN;
      const packed = packBatch(batch);
      jobs.set(job, { records: batch.records.length, settle: resolve });
      post(
        {
          kind: 'score',
          job,
          batch: packed,
          lineup: {
            production: numberOf(lineup.production),
            treatments: lineup.treatments.map((model) => model && numberOf(model)),
            traffic: lineup.traffic,
          },
        },
        [...buffersOf(packed.records), packed.offsets.buffer, packed.timestamps.buffer],
      );
      return promise;
    },
    async close() {
      const ending = worker;
      worker = undefined;
      endedAtMs = Infinity;
      for (const job of jobs.keys()) settle(job, undefined);
      await ending?.terminate();
    },
  };
}

function modelsOf({ production, treatments }: Lineup): LoadedModel[] {
  return [production, ...treatments.filter((model) => model !== undefined)];
}
