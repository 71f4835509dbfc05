import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import { createEncoder, type FeatureEncoder } from '@scoreline/core/features/encoder.ts';
import { createIdentityReader, type IdentityReader } from '@scoreline/core/features/identity.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { createBandFinder } from '@scoreline/core/scoring/bands.ts';
import { createCalibrator } from '@scoreline/core/scoring/calibrate.ts';
import { openOnnxModel, type OnnxModel } from '../onnx/model.ts';
import { checkGoldenRows } from './golden-rows.ts';
import type { ModelPackage } from './load.ts';
import { createChecklist, type CheckListener } from './refused.ts';

/** A model ready to score, with everything of its package that a flow needs. */
export interface LoadedModel {
  /** The package's folder. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly reference: Reference;
  readonly policy: CompletePolicy;
  readonly encoder: FeatureEncoder;
  readonly identity: IdentityReader;
  /** Epoch milliseconds at which the model was ready. */
  readonly loadedAtMs: number;
  /**
   * Writes the calibrated score of each of the first `rows` encoded rows into `out`; what the model can't score
   * stays NaN (see core/scoring/score-problem). `inferenceUs` is the wall time of the whole call.
   */
  score(matrix: Float32Array, rows: number, out: Float64Array): Promise<{ readonly inferenceUs: number }>;
  /** The name of the band that a score falls in. */
  bandOf(score: number): string;
  /** Waits for what is being scored, then frees the model. */
  close(): Promise<void>;
}

/**
 * Opens a loaded package's model and scores its golden rows. Throws PackageRefused where the model isn't what the
 * manifest says or doesn't agree with them; `onCheck` is told of each check as it is made.
 */
export async function openModel(pkg: ModelPackage, onCheck: CheckListener = () => {}): Promise<LoadedModel> {
  const { manifest } = pkg;
  const checklist = createChecklist(pkg.dir, onCheck);
  const opened = await openOnnxModel(pkg.model, {
    inputName: manifest.tensor.input,
    width: manifest.tensor.width,
    outputName: manifest.output.output,
    column: manifest.output.column,
  });
  checklist.record('tensors', opened.ok ? [] : opened.problems);
  if (!opened.ok) throw checklist.refusal();
  const model = createLoadedModel(pkg, opened.model);
  checklist.record('golden rows', await checkGoldenRows(model, pkg.golden));
  if (checklist.passed()) return model;
  await model.close();
  throw checklist.refusal();
}

function createLoadedModel({ dir, manifest, reference, policy }: ModelPackage, onnx: OnnxModel): LoadedModel {
  const calibrate = createCalibrator(manifest.output.calibration);
  return {
    dir,
    manifest,
    reference,
    policy,
    encoder: createEncoder(manifest),
    identity: createIdentityReader(manifest.input),
    loadedAtMs: Date.now(),
    async score(matrix, rows, out) {
      const started = performance.now();
      await onnx.predict(matrix, rows, out);
      for (let row = 0; row < rows; row += 1) out[row] = calibrate(out[row] ?? NaN);
      return { inferenceUs: Math.round((performance.now() - started) * 1000) };
    },
    bandOf: createBandFinder(manifest.bands),
    close: () => onnx.close(),
  };
}
