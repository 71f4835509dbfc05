import { expect, test } from 'vitest';
import { createBandFinder } from './bands.ts';
import { findScoreProblem } from './score-problem.ts';

test('a score belongs to the last band whose bound it reaches', () => {
  const bandOf = createBandFinder([
    { name: 'D', lower: null },
    { name: 'C', lower: 0.1 },
    { name: 'B', lower: 0.5 },
    { name: 'A', lower: 0.9 },
  ]);
  expect([-1, 0.099, 0.1, 0.5, 0.899, 0.9, 1].map(bandOf)).toEqual(['D', 'D', 'C', 'B', 'B', 'A', 'A']);
  expect([0.5, 0.1].map(bandOf)).toEqual(['B', 'C']);
});

test('one band takes every score, none is no model', () => {
  expect(createBandFinder([{ name: 'all', lower: null }])(-1e9)).toBe('all');
  expect(() => createBandFinder([])).toThrow('at least one band');
});

test('a score that is not finite is a problem', () => {
  expect([0, -1, 1e300].map(findScoreProblem)).toEqual([undefined, undefined, undefined]);
  expect([NaN, Infinity, -Infinity].map((score) => findScoreProblem(score)?.code)).toEqual(
    Array.from({ length: 3 }, () => 'model.not_finite'),
  );
});
