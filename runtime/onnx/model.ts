import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ChunkSizer, createChunkSizer } from '../chunk-sizer.ts';
import { checkTensors, type TensorContract } from './tensor-contract.ts';

/** A model in memory. */
export interface OnnxModel {
  /**
   * Writes the raw score of each of the first `rows` rows of `matrix` ([rows, width], row by row) into `out`.
   * Runs in chunks; the event loop turns between them, so that heartbeats and requests go on.
   */
  predict(matrix: Float32Array, rows: number, out: Float64Array): Promise<void>;
  /** Waits for predictions under way, then frees the model's memory. Nothing may be predicted after it. */
  close(): Promise<void>;
}

export type OpenedOnnxModel =
  | { readonly ok: true; readonly model: OnnxModel }
  | { readonly ok: false; readonly problems: readonly PackageProblem[] };

/**
 * Rows in one native call, which blocks the event loop. Measured on bank-leads: 11 µs a row alone, 1.7 in chunks of
 * 32, 1.1 from 128 on, so that the largest chunk blocks for 0.3 ms. A model that takes milliseconds a row gets smaller
 * ones, or heartbeats and health would wait for seconds.
 */
const CHUNKS = { targetMs: 20, first: 64, most: 256 } as const;

/** One thread and no spinning: a scorer is one process among many, and idle threads that spin burn its cores. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/** Loads an ONNX model from its bytes; what makes it unusable under `contract` comes back as problems. */
export async function openOnnxModel(bytes: Uint8Array, contract: TensorContract): Promise<OpenedOnnxModel> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(bytes, SESSION_OPTIONS);
  } catch (error) {
    const message = `model.onnx: onnxruntime cannot read it: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, problems: [{ code: 'model.unreadable', message }] };
  }
  const problems = checkTensors({ inputs: session.inputMetadata, outputs: session.outputMetadata }, contract);
  if (problems.length === 0) return { ok: true, model: createModel(session, contract) };
  await session.release();
  return { ok: false, problems };
}

function createModel(session: InferenceSession, contract: TensorContract): OnnxModel {
  const running = new Set<Promise<void>>();
  const chunkRows = createChunkSizer(CHUNKS);
  return {
    async predict(matrix, rows, out) {
      const run = predictInChunks({ session, contract, chunkRows }, matrix, rows, out);
      running.add(run);
      await run.finally(() => running.delete(run));
    },
    async close() {
      await Promise.allSettled(running);
      await session.release();
    },
  };
}

interface RunnableModel {
  readonly session: InferenceSession;
  readonly contract: TensorContract;
  readonly chunkRows: ChunkSizer;
}

async function predictInChunks(
  { session, contract, chunkRows }: RunnableModel,
  matrix: Float32Array,
  rows: number,
  out: Float64Array,
): Promise<void> {
  const { inputName, width, outputName, column } = contract;
  for (let start = 0, count = 0; start < rows; start += count) {
    count = Math.min(chunkRows.size(), rows - start);
    const begun = performance.now();
    const chunk = matrix.subarray(start * width, (start + count) * width);
    const outputs = await session.run({ [inputName]: new Tensor('float32', chunk, [count, width]) }, [
      outputName,
    ]);
    chunkRows.took(count, performance.now() - begun);
    copyColumn(outputs[outputName], column, count, out.subarray(start, start + count));
  }
}

/** Copies one column of [rows] or [rows, columns]; throws RangeError where the output has another shape. */
function copyColumn(output: Tensor | undefined, column: number, rows: number, out: Float64Array): void {
  const columns = output?.dims.length === 1 ? 1 : (output?.dims[1] ?? 0);
  if (!(output?.data instanceof Float32Array) || output.data.length !== rows * columns || column >= columns) {
    throw new RangeError(
      `${rows} rows gave an output of shape [${output?.dims.join(', ')}] without column ${column}`,
    );
  }
  const { data } = output;
  for (let row = 0; row < rows; row += 1) out[row] = data[row * columns + column] ?? NaN;
}
