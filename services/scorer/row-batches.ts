import { createChunkSizer } from '@scoreline/runtime/chunk-sizer.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/**
 * The score of one encoded row by a model, NaN where it gives none; `busy`, and nothing is done, where
 * others have waited for the model for a second already, or 512 wait. Throws what the inference throws.
 */
export type RowScorer = (model: LoadedModel, row: Float32Array) => Promise<number | 'busy'>;

/** Rows of one inference: a model that takes milliseconds a row gets few, or nothing else would be answered. */
const BATCH = { targetMs: 20, first: 64, most: 256 } as const;
const MOST_WAITING = 512;
const LONGEST_WAIT_MS = 1_000;

/**
 * Scores rows that are there at the same time in one inference, each model's its own: those that arrive in one turn of
 * the event loop, then those that arrived while they were scored. No timer: a lone row waits for nobody.
 */
export function createRowBatches(): RowScorer {
  const queues = new WeakMap<LoadedModel, (row: Float32Array) => Promise<number | 'busy'>>();
  return (model, row) => {
    let queue = queues.get(model);
    if (queue === undefined) queues.set(model, (queue = createQueue(model)));
    return queue(row);
  };
}

interface WaitingRow {
  readonly row: Float32Array;
  readonly sinceMs: number;
  resolve(score: number): void;
  reject(error: unknown): void;
}

function createQueue(model: LoadedModel): (row: Float32Array) => Promise<number | 'busy'> {
  const batchRows = createChunkSizer(BATCH);
  let waiting: WaitingRow[] = [];
  let scoring = false;

  const scoreNext = async (): Promise<void> => {
    const batch = waiting.slice(0, batchRows.size());
    waiting = waiting.slice(batch.length);
    const begun = performance.now();
    await scoreTogether(model, batch);
    batchRows.took(batch.length, performance.now() - begun);
    scoring = waiting.length > 0;
    if (scoring) setImmediate(() => void scoreNext());
  };
  return async (row) => {
    const nowMs = performance.now();
    const waitedMs = nowMs - (waiting[0]?.sinceMs ?? nowMs);
    if (waiting.length >= MOST_WAITING || waitedMs > LONGEST_WAIT_MS) return 'busy';
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    waiting.push({ row, sinceMs: nowMs, resolve, reject });
    // Not at once: requests that came with this one are read in the same turn, and it ends now.
    if (!scoring) setImmediate(() => void scoreNext());
    scoring = true;
    return promise;
  };
}

/** Never throws: each row is told. */
async function scoreTogether(model: LoadedModel, batch: readonly WaitingRow[]): Promise<void> {
  const { width } = model.encoder;
  const matrix = new Float32Array(batch.length * width);
  for (const [i, { row }] of batch.entries()) matrix.set(row, i * width);
  const scores = new Float64Array(batch.length);
  try {
    await model.score(matrix, batch.length, scores);
  } catch (error) {
    for (const { reject } of batch) reject(error);
    return;
  }
  for (const [i, { resolve }] of batch.entries()) resolve(scores[i] ?? NaN);
}
