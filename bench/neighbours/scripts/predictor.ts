import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Raw outputs of the first `rows` rows of a matrix ([rows, width], row by row). */
export type Predictor = (matrix: Float32Array, rows: number) => Promise<Float32Array>;

/** One thread that doesn't spin: by default there would be one a core, and the broker needs them too. */
const SESSION: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** Opens a model that has one column of output. */
export async function openPredictor(file: string, { tensor, output }: Manifest): Promise<Predictor> {
  const session = await InferenceSession.create(file, SESSION);
  return async (matrix, rows) => {
    const input = new Tensor('float32', matrix, [rows, tensor.width]);
    const outputs = await session.run({ [tensor.input]: input }, [output.output]);
    const data = outputs[output.output]?.data;
    if (!(data instanceof Float32Array) || data.length !== rows)
      throw new RangeError(`${file} did not give one number a row`);
    return data;
  };
}
