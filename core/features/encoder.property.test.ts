import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Feature } from '../contracts/manifest.ts';
import type { LeadEvent } from './field-path.ts';
import { activeFeature, ageFeature, colorFeature, encodeOne } from './testing/features.ts';

/** Any feature whose parts fit each other. */
const anyFeature: fc.Arbitrary<Feature> = fc.oneof(
  fc.constantFrom(ageFeature, activeFeature),
  fc
    .tuple(
      fc.constantFrom('one-hot' as const, 'ordinal' as const),
      fc.constantFrom('missing' as const, 'level' as const, 'zero' as const, 'reject' as const),
      fc.constantFrom('nan' as const, 'level' as const, 'zero' as const),
    )
    .filter(([type, unseen, encode]) => type === 'one-hot' || (unseen !== 'zero' && encode !== 'zero'))
    .map((parts) => colorFeature(...parts)),
);
const anyValue = fc.oneof(
  fc.constantFrom(undefined, null, NaN, 999, '', 'n/a', 'red', 'green', 'mauve', true, false, Infinity),
  fc.double(),
  fc.bigInt(),
  fc.string(),
  fc.constant({}),
);

/** The rules once more, slowly: what each feature's columns are, or undefined where the lead is refused. */
function encodeSlowly(features: readonly Feature[], event: LeadEvent): number[] | undefined {
  const columns = features.map((feature) => encodeFeatureSlowly(feature, event[feature.field]));
  return columns.includes(undefined) ? undefined : columns.flatMap((part) => part ?? []);
}

function encodeFeatureSlowly({ kind, encoding, missing }: Feature, value: unknown): number[] | undefined {
  const isMissing =
    value === undefined ||
    value === null ||
    Object.is(value, NaN) ||
    (missing.placeholders ?? []).some((placeholder) => placeholder === value);
  if (encoding.type === 'pass') {
    if (isMissing) return [NaN];
    if (kind === 'boolean') return typeof value === 'boolean' ? [Number(value)] : undefined;
    if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
    const rounded = Math.fround(Number(value));
    return Number.isFinite(rounded) ? [rounded] : undefined;
  }
  const { levels, type, unseen } = encoding;
  const slots = [
    ...levels,
    missing.encode === 'level' ? '<missing>' : null,
    unseen === 'level' ? '<unseen>' : null,
  ];
  const columns = slots.filter((slot) => slot !== null);
  const hot = (slot: string) =>
    type === 'one-hot' ? columns.map((column) => (column === slot ? 1 : 0)) : [slots.indexOf(slot)];
  const all = (fill: number) => (type === 'one-hot' ? columns.map(() => fill) : [fill]);
  const missingColumns = { nan: all(NaN), zero: all(0), level: hot('<missing>') }[missing.encode];
  if (isMissing) return missingColumns;
  if (typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  if (levels.includes(String(value))) return hot(String(value));
  return { missing: missingColumns, level: hot('<unseen>'), zero: all(0), reject: undefined }[unseen];
}

describe('for any features and values', () => {
  const anyCase = fc
    .array(anyFeature, { minLength: 1, maxLength: 6 })
    .map((features) =>
      features.map((feature, index) => ({ ...feature, name: `f${index}`, field: `x${index}` })),
    )
    .chain((features) => fc.tuple(fc.constant(features), fc.tuple(...features.map(() => anyValue))));
  const toEvent = (values: unknown[]): LeadEvent =>
    Object.fromEntries(values.map((value, index) => [`x${index}`, value]));

  test('the encoder says what the slow rules say', () => {
    fc.assert(
      fc.property(anyCase, ([features, values]) => {
        const event = toEvent(values);
        const encoded = encodeOne(features, event);
        const slowly = encodeSlowly(features, event);
        expect('columns' in encoded ? encoded.columns : undefined).toEqual(slowly);
      }),
      { numRuns: 2_000 },
    );
  });

  test('features are encoded side by side, each as if it were alone', () => {
    fc.assert(
      fc.property(anyCase, ([features, values]) => {
        const event = toEvent(values);
        const encoded = encodeOne(features, event);
        const alone = features.map((feature) => encodeOne([feature], event));
        const refused = alone.find((part) => 'code' in part);
        const inputs = alone.flatMap((part) => ('code' in part ? [] : part.inputs));
        const columns = alone.flatMap((part) => ('code' in part ? [] : part.columns));
        expect(encoded).toEqual(refused ?? { inputs, columns });
      }),
      { numRuns: 1_000 },
    );
  });

  test('a column is NaN only where its input is missing or unseen', () => {
    fc.assert(
      fc.property(anyFeature, anyValue, (feature, value) => {
        const encoded = encodeOne([feature], { [feature.field]: value });
        fc.pre('columns' in encoded && encoded.columns.some(Number.isNaN));
        const known = feature.encoding.type === 'pass' ? [] : feature.encoding.levels;
        expect(typeof encoded.inputs[0]).not.toBe('number');
        expect(known).not.toContain(encoded.inputs[0]);
      }),
    );
  });

  test('a refusal never tells the value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,40}$/), (secret) => {
        const feature = colorFeature('one-hot', 'reject', 'level');
        const refused = [encodeOne([ageFeature], { age: secret }), encodeOne([feature], { color: secret })];
        expect(refused).toMatchObject([{ code: 'feature.wrong_type' }, { code: 'feature.unseen_level' }]);
        expect(JSON.stringify(refused)).not.toContain(secret);
      }),
    );
  });
});
