import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Spread } from '../spread.ts';
import { compareRatios } from './compare.ts';

const at = (median: number, spread = 0): Spread => ({
  median,
  min: median - spread / 2,
  max: median + spread / 2,
});
const verdict = (before: Spread, now: Spread) => compareRatios({ ratio: before }, { ratio: now })[0]?.verdict;

test('a tenth is noise, however well the runs agree', () => {
  expect(verdict(at(1), at(0.91))).toBe('held');
  expect(verdict(at(1), at(0.89))).toBe('fell');
  expect(verdict(at(1), at(1.11))).toBe('rose');
});

test('the wider of both spreads is noise too', () => {
  expect(verdict(at(1, 0.3), at(0.75))).toBe('held');
  expect(verdict(at(1), at(0.75, 0.3))).toBe('held');
  expect(verdict(at(1, 0.3), at(0.65))).toBe('fell');
});

test('what only one of both has is told, and fails nothing', () => {
  expect(compareRatios({ gone: at(1) }, { fresh: at(2) })).toEqual([
    { name: 'gone', verdict: 'not measured', before: at(1) },
    { name: 'fresh', verdict: 'new', now: at(2) },
  ]);
});

const spread = fc
  .tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }))
  .map(([median, share]) => at(median, median * share));

test('a run holds against itself, and a wider spread never finds more', () => {
  fc.assert(
    fc.property(spread, spread, (before, now) => {
      expect(verdict(before, before)).toBe('held');
      const wider = { ...now, min: now.min / 2 };
      expect([verdict(before, now), 'held']).toContain(verdict(before, wider));
    }),
  );
});
