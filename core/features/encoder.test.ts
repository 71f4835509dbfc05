import { describe, expect, test } from 'vitest';
import type { Feature } from '../contracts/manifest.ts';
import type { Input } from './encode-feature.ts';
import { createEncoder } from './encoder.ts';
import type { LeadEvent } from './field-path.ts';
import { activeFeature, ageFeature, colorFeature, encodeOne } from './testing/features.ts';

describe('numeric', () => {
  test.each<[string, unknown, number, Input]>([
    ['a number', 2.5, 2.5, 2.5],
    ['a negative zero', -0, -0, -0],
    ['a bigint', 12n, 12, 12],
    ['null', null, NaN, null],
    ['NaN', NaN, NaN, null],
    ['a placeholder', 999, NaN, null],
    ['a placeholder of another type', 'n/a', NaN, null],
  ])('%s', (_what, age, column, input) => {
    expect(encodeOne([ageFeature], { age })).toEqual({ columns: [column], inputs: [input] });
  });

  test('an absent field is missing', () => {
    expect(encodeOne([ageFeature], {})).toEqual({ columns: [NaN], inputs: [null] });
  });

  test.each<[string, unknown, string, string]>([
    ['a numeric string', '31', 'feature.wrong_type', 'must be a number, but is a string'],
    ['a boolean', true, 'feature.wrong_type', 'must be a number, but is a boolean'],
    ['an array', [1], 'feature.wrong_type', 'must be a number, but is a array'],
    ['infinity', Infinity, 'feature.not_finite', 'is infinite or beyond the range of float32'],
    ['a number beyond float32', -3.5e38, 'feature.not_finite', 'is infinite or beyond the range of float32'],
    [
      'a bigint beyond float32',
      10n ** 39n,
      'feature.not_finite',
      'is infinite or beyond the range of float32',
    ],
  ])('refuses %s', (_what, age, code, what) => {
    expect(encodeOne([ageFeature], { age })).toEqual({
      code,
      field: 'age',
      message: `feature Age: field age ${what}`,
    });
  });
});

describe('boolean', () => {
  test.each<[unknown, number, Input]>([
    [true, 1, 1],
    [false, 0, 0],
    [null, NaN, null],
  ])('%s', (active, column, input) => {
    expect(encodeOne([activeFeature], { active })).toEqual({ columns: [column], inputs: [input] });
  });

  test.each([0, 'true'])('refuses %s', (active) => {
    expect(encodeOne([activeFeature], { active })).toMatchObject({ code: 'feature.wrong_type' });
  });
});

describe('categorical', () => {
  const cases: [Feature, unknown, number[]][] = [
    [colorFeature('one-hot', 'zero', 'zero'), 'green', [0, 1]],
    [colorFeature('one-hot', 'zero', 'zero'), 'mauve', [0, 0]],
    [colorFeature('one-hot', 'zero', 'zero'), null, [0, 0]],
    [colorFeature('one-hot', 'zero', 'nan'), '', [NaN, NaN]],
    [colorFeature('one-hot', 'missing', 'nan'), 'mauve', [NaN, NaN]],
    [colorFeature('one-hot', 'level', 'level'), 'red', [1, 0, 0, 0]],
    [colorFeature('one-hot', 'level', 'level'), undefined, [0, 0, 1, 0]],
    [colorFeature('one-hot', 'level', 'level'), 'mauve', [0, 0, 0, 1]],
    [colorFeature('one-hot', 'level', 'nan'), 'mauve', [0, 0, 1]],
    [colorFeature('one-hot', 'missing', 'level'), 'mauve', [0, 0, 1]],
    [colorFeature('ordinal', 'level', 'level'), 'green', [1]],
    [colorFeature('ordinal', 'level', 'level'), '', [2]],
    [colorFeature('ordinal', 'level', 'level'), 'mauve', [3]],
    [colorFeature('ordinal', 'level', 'nan'), 'mauve', [3]],
    [colorFeature('ordinal', 'missing', 'nan'), 'mauve', [NaN]],
  ];
  test.each(cases)('%j of %j is %j', (feature, color, columns) => {
    expect(encodeOne([feature], { color })).toMatchObject({ columns });
  });

  test('raw inputs keep an unseen level, and at most 256 characters of it', () => {
    const feature = colorFeature('one-hot', 'missing', 'zero');
    expect(encodeOne([feature], { color: 'mauve' })).toMatchObject({ inputs: ['mauve'] });
    expect(encodeOne([feature], { color: 'x'.repeat(10_000) })).toMatchObject({ inputs: ['x'.repeat(256)] });
    expect(encodeOne([feature], { color: '' })).toMatchObject({ inputs: [null] });
  });

  test('a boolean is the level true or false', () => {
    const feature = colorFeature('ordinal', 'zero', 'level');
    feature.encoding = { type: 'ordinal', levels: ['false', 'true'], unseen: 'reject' };
    expect(encodeOne([feature], { color: true })).toEqual({ columns: [1], inputs: ['true'] });
  });

  test('a rejected level and a wrong type are told without their value', () => {
    const feature = colorFeature('one-hot', 'reject', 'level');
    expect(encodeOne([feature], { color: 'mauve' })).toEqual({
      code: 'feature.unseen_level',
      field: 'color',
      message: 'feature Color: field color holds a level that training never saw',
    });
    expect(encodeOne([feature], { color: 31 })).toMatchObject({ code: 'feature.wrong_type' });
    expect(encodeOne([feature], { color: new Map() })).toMatchObject({
      message: expect.stringContaining('is a map'),
    });
  });
});

describe('fields', () => {
  const nested = (field: string): Feature => ({ ...ageFeature, field });

  test.each<[string, string, LeadEvent, unknown]>([
    ['a record', 'a.b', { a: { b: 1 } }, 1],
    ['a map', 'a.b', { a: new Map([['b', 2]]) }, 2],
    ['a map in a record', 'a.b.c', { a: { b: new Map([['c', 3]]) } }, 3],
    ['a key with dots', 'a.b.c', { a: { 'b.c': 4 } }, 4],
    ['a key with dots in a map', 'a.b.c', { a: new Map([['b.c', 5]]) }, 5],
    ['an absent record', 'a.b', {}, NaN],
    ['a null record', 'a.b', { a: null }, NaN],
    ['a key that the map lacks', 'a.b', { a: new Map() }, NaN],
    ['a method of the record’s class', 'toString', {}, NaN],
  ])('%s', (_what, field, event, column) => {
    expect(encodeOne([nested(field)], event)).toMatchObject({ columns: [column] });
  });

  test.each([[{ a: 'text' }], [{ a: [1] }], [{ a: 5 }]])('%j has no fields', (event) => {
    expect(encodeOne([nested('a.length')], event)).toMatchObject({
      code: 'feature.wrong_type',
      message: 'feature Age: field a.length must be a number, but is a value without fields on the way',
    });
  });
});

test('rows are written one after another, whatever the matrix held before', () => {
  const encoder = createEncoder({ features: [ageFeature, colorFeature('one-hot', 'zero', 'zero')] });
  const matrix = new Float32Array(3 * encoder.width).fill(7);
  expect([encoder.width, encoder.featureCount]).toEqual([3, 2]);
  encoder.encode({ age: 1, color: 'red' }, matrix, 0);
  encoder.encode({ age: 2, color: 'green' }, matrix, 1);
  expect([...matrix]).toEqual([1, 1, 0, 2, 0, 1, 7, 7, 7]);
});
