import type { Feature, Missing, Unseen } from '../../contracts/manifest.ts';
import type { Input } from '../encode-feature.ts';
import { createEncoder } from '../encoder.ts';
import type { LeadEvent } from '../field-path.ts';

/** A number; 999 and 'n/a' mean missing. */
export const ageFeature: Feature = {
  name: 'Age',
  field: 'age',
  kind: 'numeric',
  encoding: { type: 'pass' },
  missing: { encode: 'nan', placeholders: [999, 'n/a'] },
};

/** A boolean with the same placeholders. */
export const activeFeature: Feature = { ...ageFeature, name: 'Active', field: 'active', kind: 'boolean' };

/** The levels red and green; the empty string means missing. */
export function colorFeature(
  type: 'one-hot' | 'ordinal',
  unseen: Unseen,
  encode: Missing['encode'],
): Feature {
  const encoding = { type, levels: ['red', 'green'], unseen };
  return {
    name: 'Color',
    field: 'color',
    kind: 'categorical',
    encoding,
    missing: { encode, placeholders: [''] },
  };
}

/** Encodes one event; the row's columns and raw inputs, or the problem. */
export function encodeOne(features: Feature[], event: LeadEvent) {
  const encoder = createEncoder({ features });
  const matrix = new Float32Array(encoder.width).fill(7);
  const inputs: Input[] = [];
  return encoder.encode(event, matrix, 0, inputs) ?? { columns: [...matrix], inputs };
}
