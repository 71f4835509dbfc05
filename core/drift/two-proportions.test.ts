import { describe, expect, it } from 'vitest';
import { twoProportions } from './two-proportions.ts';
import vectors from './vectors/two-proportions.json' with { type: 'json' };

describe('twoProportions', () => {
  it.each(vectors)('agrees with SciPy: %d of %d against %d of %d', (a, n, b, m, z, pValue) => {
    const test = twoProportions(a, n, b, m);
    expect(test.z).toBeCloseTo(z, 9);
    expect(Math.abs(test.pValue - pValue)).toBeLessThan(1e-9);
    expect(test.difference).toBeCloseTo(a / n - b / m, 12);
  });

  it('goes by Fisher where hits are few', () => {
    const test = twoProportions(3, 200, 0, 30_000);
    expect(test.method).toBe('fisher');
    expect(test.pValue).toBeLessThan(1e-5);
  });

  it('says nothing about an empty sample, and p = 1 where neither has a hit', () => {
    expect(twoProportions(0, 0, 5, 10)).toMatchObject({ difference: 0, pValue: 1 });
    expect(twoProportions(0, 200, 0, 1000)).toMatchObject({ z: 0, pValue: 1 });
    expect(twoProportions(200, 200, 1000, 1000)).toMatchObject({ z: 0, pValue: 1 });
  });
});
