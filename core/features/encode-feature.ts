import type { Feature, OneHotEncoding, OrdinalEncoding } from '../contracts/manifest.ts';
import { describeType, type FeatureProblem, type FeatureProblemCode } from './problem.ts';
import { widthOfFeature } from './feature-width.ts';

/** One raw input as the model saw it, before encoding; null is missing, a boolean is 0 or 1. */
export type Input = null | number | string;

/**
 * Writes one feature's columns at `matrix[offset…]` (zeros before) and gives back its raw input, or a problem.
 */
export type FeatureWriter = (value: unknown, matrix: Float32Array, offset: number) => Input | FeatureProblem;

/** An unseen level is somebody's free text: what is kept of it is bounded, so that a score stays publishable. */
const MAX_UNSEEN_LENGTH = 256;

/**
 * Compiles a feature of a checked manifest (see core/model-package) into its writer. null, undefined, NaN and the
 * feature's placeholders are missing. Numeric takes numbers and bigints, not numeric strings or booleans; boolean
 * takes booleans; categorical takes strings, and booleans as the levels 'true' and 'false'.
 */
export function compileFeatureWriter(feature: Feature): FeatureWriter {
  const { encoding } = feature;
  if (encoding.type !== 'pass') return compileCategorical(feature, encoding);
  return feature.kind === 'boolean' ? compileBoolean(feature) : compileNumeric(feature);
}

function compileNumeric(feature: Feature): FeatureWriter {
  const isMissing = compileMissing(feature);
  return (value, matrix, offset) => {
    if (isMissing(value)) return writeNaN(matrix, offset);
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number') return refuseType(feature, 'a number', value);
    matrix[offset] = number;
    if (Number.isFinite(matrix[offset])) return number;
    return refuse(feature, 'feature.not_finite', 'is infinite or beyond the range of float32');
  };
}

function compileBoolean(feature: Feature): FeatureWriter {
  const isMissing = compileMissing(feature);
  return (value, matrix, offset) => {
    if (isMissing(value)) return writeNaN(matrix, offset);
    if (typeof value !== 'boolean') return refuseType(feature, 'a boolean', value);
    matrix[offset] = value ? 1 : 0;
    return value ? 1 : 0;
  };
}

function compileCategorical(feature: Feature, encoding: OneHotEncoding | OrdinalEncoding): FeatureWriter {
  const isMissing = compileMissing(feature);
  const writeMissing = compileMissingLevel(feature, encoding);
  const writeUnseen = compileUnseenLevel(feature, encoding, writeMissing);
  const writeLevel = encoding.type === 'one-hot' ? writeHot : writeIndex;
  const indexOfLevel = new Map(encoding.levels.map((level, index) => [level, index]));
  const rejectsUnseen = encoding.unseen === 'reject';
  return (value, matrix, offset) => {
    if (isMissing(value)) {
      writeMissing(matrix, offset);
      return null;
    }
    const level = typeof value === 'boolean' ? String(value) : value;
    if (typeof level !== 'string') return refuseType(feature, 'a string', value);
    const index = indexOfLevel.get(level);
    if (index !== undefined) {
      writeLevel(matrix, offset, index);
      return level;
    }
    if (rejectsUnseen)
      return refuse(feature, 'feature.unseen_level', 'holds a level that training never saw');
    writeUnseen(matrix, offset);
    return level.length > MAX_UNSEEN_LENGTH ? level.slice(0, MAX_UNSEEN_LENGTH) : level;
  };
}

function compileMissing(feature: Feature): (value: unknown) => boolean {
  const placeholders = new Set<unknown>(feature.missing.placeholders);
  if (placeholders.size === 0) return isAbsent;
  return (value) => isAbsent(value) || placeholders.has(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

type ColumnsWriter = (matrix: Float32Array, offset: number) => void;

function compileMissingLevel(feature: Feature, encoding: OneHotEncoding | OrdinalEncoding): ColumnsWriter {
  const { length } = encoding.levels;
  const width = widthOfFeature(feature);
  if (feature.missing.encode === 'zero') return writeNothing;
  if (feature.missing.encode === 'nan') return (matrix, offset) => matrix.fill(NaN, offset, offset + width);
  const writeLevel = encoding.type === 'one-hot' ? writeHot : writeIndex;
  return (matrix, offset) => writeLevel(matrix, offset, length);
}

function compileUnseenLevel(
  feature: Feature,
  encoding: OneHotEncoding | OrdinalEncoding,
  writeMissing: ColumnsWriter,
): ColumnsWriter {
  if (encoding.unseen === 'missing') return writeMissing;
  if (encoding.unseen !== 'level') return writeNothing;
  if (encoding.type === 'one-hot') {
    const last = widthOfFeature(feature) - 1;
    return (matrix, offset) => writeHot(matrix, offset, last);
  }
  const index = encoding.levels.length + 1;
  return (matrix, offset) => writeIndex(matrix, offset, index);
}

function writeHot(matrix: Float32Array, offset: number, index: number): void {
  matrix[offset + index] = 1;
}

function writeIndex(matrix: Float32Array, offset: number, index: number): void {
  matrix[offset] = index;
}

function writeNaN(matrix: Float32Array, offset: number): null {
  matrix[offset] = NaN;
  return null;
}

function writeNothing(): void {}

function refuseType(feature: Feature, wanted: string, value: unknown): FeatureProblem {
  return refuse(feature, 'feature.wrong_type', `must be ${wanted}, but is a ${describeType(value)}`);
}

function refuse(feature: Feature, code: FeatureProblemCode, what: string): FeatureProblem {
  return {
    code,
    message: `feature ${feature.name}: field ${feature.field} ${what}`,
    field: feature.field,
  };
}
