import { createRandom } from '@scoreline/core/drift/testing/random.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import {
  describeLevels,
  describeNumeric,
  LEVELS,
  type MadeUpFeature,
  MISSING,
  SPAN,
} from '../made-up-features.ts';

/** Bytes of a lead's ids, time and header, about. */
const FRAME_BYTES = 40;
/** An optional double, and an optional level with its length. */
const NUMBER_BYTES = 9;
const LEVEL_BYTES = 9;
/** An optional text of a field that no model reads. */
const NOTE_CHARS = 98;
const NOTE_BYTES = NOTE_CHARS + 3;
const NUMERIC_SHARE = 0.6;
/** Distinct contents; more would only take longer to make up. */
const CONTENTS = 1_000;

/** `count` features: numbers first, then categories. */
export function makeUpFeatures(count: number): readonly MadeUpFeature[] {
  const numeric = Math.round(count * NUMERIC_SHARE);
  return Array.from({ length: count }, (_, i) => (i < numeric ? describeNumeric(i) : describeLevels(i)));
}

/** Fields that fill records of so many features up to a size; 0 where the features alone are as large. */
export function countNotes(features: readonly MadeUpFeature[], recordBytes: number): number {
  const own = features.map(({ feature }) => (feature.kind === 'numeric' ? NUMBER_BYTES : LEVEL_BYTES));
  const rest = recordBytes - FRAME_BYTES - own.reduce((sum, bytes) => sum + bytes, 0);
  return Math.max(0, Math.round(rest / NOTE_BYTES));
}

/** The writer's Avro schema: ids, features, and notes that no model reads between them. */
export function describeLeadSchema(features: readonly MadeUpFeature[], notes: number): string {
  const optional = (name: string, type: string): object => ({ name, type: ['null', type], default: null });
  return JSON.stringify({
    type: 'record',
    name: 'Lead',
    namespace: 'scoreline.bench',
    fields: [
      { name: 'event_id', type: 'string' },
      { name: 'lead_id', type: 'string' },
      { name: 'created_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      ...Array.from({ length: notes }, (_, i) => optional(`note_${i}`, 'string')),
      ...features.map(({ feature }) =>
        optional(feature.name, feature.kind === 'numeric' ? 'double' : 'string'),
      ),
    ],
  });
}

/** Leads without their ids, as spread as the features' reference. The same seed, the same leads. */
export function makeUpContents(
  features: readonly MadeUpFeature[],
  notes: number,
  seed: number,
): readonly LeadEvent[] {
  const random = createRandom(seed);
  const valueOf = ({ feature }: MadeUpFeature): number | string | null => {
    if (random.uniform() < MISSING) return null;
    return feature.kind === 'numeric'
      ? random.uniform() * SPAN
      : `level-${Math.floor(random.uniform() * LEVELS)}`;
  };
  const note = 'What the salesman wrote. '.repeat(4).slice(0, NOTE_CHARS);
  const texts = Object.fromEntries(Array.from({ length: notes }, (_, i) => [`note_${i}`, note]));
  return Array.from({ length: CONTENTS }, () => ({
    ...texts,
    ...Object.fromEntries(features.map((feature) => [feature.feature.name, valueOf(feature)])),
  }));
}
