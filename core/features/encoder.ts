import type { Feature } from '../contracts/manifest.ts';
import { compileFeatureWriter, type FeatureWriter, type Input } from './encode-feature.ts';
import { widthOfFeature } from './feature-width.ts';
import { compileFieldPaths, type LeadEvent } from './field-path.ts';
import type { FeatureProblem } from './problem.ts';

/** Turns lead events into rows of a model's input tensor. */
export interface FeatureEncoder {
  /** Columns of a row. */
  readonly width: number;
  readonly featureCount: number;
  /** The path of each feature's field. */
  readonly fields: readonly string[];
  /**
   * Writes one event, of which `values[i]` stands at `fields[i]`, as row `row` of `matrix` ([rows, width], row by row)
   * and its raw inputs, in feature order, from `inputs[row * featureCount]` on. After a problem both hold a row half
   * written: the caller uses the same row for the next event.
   */
  encodeFields(
    values: readonly unknown[],
    matrix: Float32Array,
    row: number,
    inputs?: Input[],
  ): FeatureProblem | undefined;
  /** The same of an event that was decoded whole. */
  encode(event: LeadEvent, matrix: Float32Array, row: number, inputs?: Input[]): FeatureProblem | undefined;
}

interface CompiledFeature {
  readonly write: FeatureWriter;
  readonly offset: number;
}

/** Compiles a checked manifest's features, once; the encoder keeps no state between events. */
export function createEncoder(manifest: { readonly features: readonly Feature[] }): FeatureEncoder {
  const features = compileFeatures(manifest.features);
  const writers = features.map(({ write }) => write);
  const offsets = features.map(({ offset }) => offset);
  const width = manifest.features.reduce((sum, feature) => sum + widthOfFeature(feature), 0);
  const fields = manifest.features.map(({ field }) => field);
  const readFields = compileFieldPaths(fields);
  const encodeFields: FeatureEncoder['encodeFields'] = (values, matrix, row, inputs) => {
    const start = row * width;
    const firstInput = row * features.length;
    matrix.fill(0, start, start + width);
    // By index: an iterator would be an object a feature.
    for (let index = 0; index < features.length; index += 1) {
      const input = writers[index]?.(values[index], matrix, start + (offsets[index] ?? 0)) ?? null;
      if (typeof input === 'object' && input !== null) return input;
      if (inputs !== undefined) inputs[firstInput + index] = input;
    }
    return undefined;
  };
  return {
    width,
    featureCount: features.length,
    fields,
    encodeFields,
    encode(event, matrix, row, inputs) {
      const values: unknown[] = [];
      readFields(event, values);
      return encodeFields(values, matrix, row, inputs);
    },
  };
}

function compileFeatures(features: readonly Feature[]): CompiledFeature[] {
  let offset = 0;
  return features.map((feature) => {
    const compiled = { write: compileFeatureWriter(feature), offset };
    offset += widthOfFeature(feature);
    return compiled;
  });
}
