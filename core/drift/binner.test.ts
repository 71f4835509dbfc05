import { describe, expect, it } from 'vitest';
import type { Distribution, Reference } from '../contracts/reference.ts';
import { binIndexOf, createBinner, type Input } from './binner.ts';
import { binLabel, missingBinOf, otherBinOf, referenceCounts, referenceProblems } from './reference.ts';

const shared = { other: 0, missing: 0, test: 'chi2' as const };
const EDGES: Distribution = {
  ...shared,
  name: 'age',
  bins: { type: 'edges', edges: [18, 30.5, 65] },
  counts: [1, 2, 3, 4],
};
const VALUES: Distribution = {
  ...shared,
  name: 'loan',
  bins: { type: 'values', values: [0, 1] },
  counts: [5, 6],
};
const LEVELS: Distribution = {
  ...shared,
  name: 'job',
  bins: { type: 'levels', levels: ['admin', '7'] },
  counts: [7, 8],
};

describe('binIndexOf', () => {
  it.each<[Distribution, Input, number]>([
    [EDGES, -Infinity, 0],
    [EDGES, 18, 0],
    [EDGES, 18.000001, 1],
    [EDGES, 30.5, 1],
    [EDGES, 65, 2],
    [EDGES, 66, 3],
    [EDGES, Infinity, 3],
    [EDGES, 'sixty', 4],
    [EDGES, null, 5],
    [EDGES, NaN, 5],
    [VALUES, 0, 0],
    [VALUES, -0, 0],
    [VALUES, 1, 1],
    [VALUES, 2, 2],
    [VALUES, '1', 2],
    [VALUES, null, 3],
    [VALUES, NaN, 3],
    [LEVELS, 'admin', 0],
    [LEVELS, '7', 1],
    [LEVELS, 7, 1],
    [LEVELS, 'Admin', 2],
    [LEVELS, '', 2],
    [LEVELS, null, 3],
    [LEVELS, NaN, 3],
  ])('$0.name: %s goes to bin %d', (distribution, value, bin) => {
    expect(binIndexOf(distribution)(value)).toBe(bin);
  });

  it('is right-closed at every edge of a long list', () => {
    const edges = Array.from({ length: 101 }, (_, i) => i);
    const binOf = binIndexOf({
      ...EDGES,
      bins: { type: 'edges', edges },
      counts: Array.from({ length: 102 }, () => 1),
    });
    for (const edge of edges) expect([binOf(edge), binOf(edge + 0.5)]).toEqual([edge, edge + 1]);
  });
});

it('a binner reads a row from where it begins, missing where it is short', () => {
  const reference: Reference = { rows: 10, features: [EDGES, VALUES, LEVELS], score: EDGES, bands: {} };
  const out = new Int32Array(5).fill(-1);
  createBinner(reference)([7, 7, 7, 40, 1], out, 3);
  expect(Array.from(out)).toEqual([2, 1, 3, -1, -1]);
});

describe('reference', () => {
  it('has two more bins than ordinary ones', () => {
    expect([otherBinOf(EDGES), missingBinOf(EDGES)]).toEqual([4, 5]);
    expect(referenceCounts({ ...EDGES, missing: 9 })).toEqual([1, 2, 3, 4, 0, 9]);
  });

  it('names its bins for people', () => {
    expect([0, 1, 3, 4, 5].map((bin) => binLabel(EDGES, bin))).toEqual([
      '≤ 18',
      '(18, 30.5]',
      '> 65',
      '__other__',
      '__missing__',
    ]);
    expect([binLabel(VALUES, 1), binLabel(LEVELS, 0)]).toEqual(['1', "'admin'"]);
  });

  it('is refused with each of its problems', () => {
    const broken: Distribution = {
      ...EDGES,
      bins: { type: 'edges', edges: [2, 2] },
      test: 'ks',
      sample: [2, 1],
    };
    const doubled: Distribution = { ...LEVELS, bins: { type: 'levels', levels: ['a', 'a'] } };
    const score: Distribution = { ...EDGES, name: 'score', test: 'ks' };
    expect(referenceProblems({ rows: 1, features: [broken, doubled], score, bands: {} })).toEqual([
      'age: 4 counts for 3 bins',
      'age: edges must rise',
      'age: sample must be sorted',
      'job: a level twice',
      'score: test ks needs a sample',
    ]);
    expect(
      referenceProblems({ rows: 1, features: [EDGES, VALUES, LEVELS], score: EDGES, bands: {} }),
    ).toEqual([]);
  });
});
