import { describe, expect, it } from 'vitest';
import { rankSum } from './rank-sum.ts';
import vectors from './vectors/rank-sum.json' with { type: 'json' };

describe('rankSum', () => {
  it.each(vectors)('agrees with SciPy: p = $pValue', ({ current, reference, pValue }) => {
    expect(Math.abs(rankSum(current, reference).pValue - pValue)).toBeLessThan(1e-9);
  });

  it('has a sign: above is positive, and the other way round the same', () => {
    expect(rankSum([0, 5, 9], [9, 5, 0]).z).toBeGreaterThan(3);
    expect(rankSum([9, 5, 0], [0, 5, 9]).z).toBeCloseTo(-rankSum([0, 5, 9], [9, 5, 0]).z, 12);
  });

  it('sees no shift at identity, nor where one side is empty or all values share a bin', () => {
    expect(rankSum([3, 4, 5], [30, 40, 50]).z).toBeCloseTo(0, 1);
    expect(rankSum([3, 4, 5], [3, 4, 5])).toEqual({ z: 0, pValue: 1 });
    for (const [current, reference] of [
      [
        [0, 0],
        [4, 5],
      ],
      [
        [1, 2],
        [0, 0],
      ],
      [
        [0, 3],
        [0, 9],
      ],
    ] as const) {
      expect(rankSum(current, reference)).toEqual({ z: 0, pValue: 1 });
    }
  });
});
