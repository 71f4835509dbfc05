/** Why a lead can't be encoded or named: a stable code and a sentence without any of the lead's own data. */
export interface FeatureProblem {
  readonly code: FeatureProblemCode;
  /** Names the feature, the field and the type seen, never the value. */
  readonly message: string;
  /** The field's path in the event. */
  readonly field: string;
}

/** Each is a dead letter's `dlq.error.code`. */
export type FeatureProblemCode =
  | 'feature.wrong_type'
  | 'feature.not_finite'
  | 'feature.unseen_level'
  | 'identity.missing'
  | 'identity.wrong_type';

/** What a field path gives where a step of it meets a value that has no fields. */
export const NOT_A_RECORD = Symbol('not a record');

/** The type of a value in words, for messages: `null`, `string`, `array`, `map`, `record`, … */
export function describeType(value: unknown): string {
  if (value === NOT_A_RECORD) return 'value without fields on the way';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'map';
  if (ArrayBuffer.isView(value)) return 'bytes';
  return typeof value === 'object' ? 'record' : typeof value;
}

/** Tells a problem from every other outcome of encoding or naming a lead. */
export function isFeatureProblem(outcome: unknown): outcome is FeatureProblem {
  return typeof outcome === 'object' && outcome !== null && 'code' in outcome;
}
