import type { Feature } from '../contracts/manifest.ts';
import { compileFeatureWriter, type FeatureWriter, type Input } from './encode-feature.ts';
import { widthOfFeature } from './feature-width.ts';
import { compileFieldPath, type FieldReader, type LeadEvent } from './field-path.ts';
import type { FeatureProblem } from './problem.ts';

/** Turns lead events into rows of a model's input tensor. */
export interface FeatureEncoder {
  /** Columns of a row. */
  readonly width: number;
  readonly featureCount: number;
  /**
   * Writes one event as row `row` of `matrix` ([rows, width], row by row) and its raw inputs, in feature order,
   * into `inputs`. After a problem both hold a row half written: the caller uses the same row for the next event.
   */
  encode(event: LeadEvent, matrix: Float32Array, row: number, inputs: Input[]): FeatureProblem | undefined;
}

interface CompiledFeature {
  readonly read: FieldReader;
  readonly write: FeatureWriter;
  readonly offset: number;
}

/** Compiles a checked manifest's features, once; the encoder keeps no state between events. */
export function createEncoder(manifest: { readonly features: readonly Feature[] }): FeatureEncoder {
  const features = compileFeatures(manifest.features);
  const width = manifest.features.reduce((sum, feature) => sum + widthOfFeature(feature), 0);
  return {
    width,
    featureCount: features.length,
    encode(event, matrix, row, inputs) {
      const start = row * width;
      matrix.fill(0, start, start + width);
      let index = 0;
      for (const { read, write, offset } of features) {
        const input = write(read(event), matrix, start + offset);
        if (typeof input === 'object' && input !== null) return input;
        inputs[index] = input;
        index += 1;
      }
      return undefined;
    },
  };
}

function compileFeatures(features: readonly Feature[]): CompiledFeature[] {
  let offset = 0;
  return features.map((feature) => {
    const compiled = { read: compileFieldPath(feature.field), write: compileFeatureWriter(feature), offset };
    offset += widthOfFeature(feature);
    return compiled;
  });
}
