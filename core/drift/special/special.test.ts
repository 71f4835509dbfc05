import { describe, expect, it } from 'vitest';
import vectors from '../vectors/special.json' with { type: 'json' };
import { chiSquareQuantile, chiSquareSf } from './chi-square-distribution.ts';
import { upperGammaShare } from './incomplete-gamma.ts';
import { kolmogorovSf } from './kolmogorov.ts';
import { logGamma } from './log-gamma.ts';
import { normalQuantile } from './normal-quantile.ts';
import { erfc, normalSf } from './normal.ts';

const functions: Record<keyof typeof vectors, (a: number, b: number) => number> = {
  logGamma,
  upperGammaShare,
  erfc,
  normalSf,
  normalQuantile,
  chiSquareSf,
  chiSquareQuantile,
  kolmogorovSf,
};

/** Relative, so that small tails count; ln Γ crosses 0, and SciPy's own Kolmogorov tail is 1 − cdf. */
function toleranceOf(name: string, expected: number): number {
  if (name === 'kolmogorovSf') return 1e-9;
  return 1e-9 * Math.abs(expected) + (name === 'logGamma' ? 1e-14 : 1e-300);
}

describe.each(Object.entries(functions))('%s', (name, compute) => {
  const rows = vectors[name as keyof typeof vectors];

  it('agrees with SciPy to 1e-9', () => {
    for (const row of rows) {
      const [a = 0, b = 0] = row;
      const expected = row.at(-1)!;
      const actual = compute(a, b);
      const tolerance = toleranceOf(name, expected);
      expect(
        Math.abs(actual - expected),
        `${name}(${row.slice(0, -1).join(', ')}) = ${actual}`,
      ).toBeLessThanOrEqual(tolerance);
    }
  });
});

describe('at the borders', () => {
  it('tails start at 1 and end at 0', () => {
    expect(upperGammaShare(2, 0)).toBe(1);
    expect(upperGammaShare(2, Infinity)).toBe(0);
    expect(kolmogorovSf(10, 0)).toBe(1);
    expect(kolmogorovSf(10, 1)).toBe(0);
    expect(normalSf(0)).toBe(0.5);
  });

  it('the quantile undoes the tail', () => {
    for (const df of [1, 9, 200]) expect(chiSquareSf(chiSquareQuantile(0.01, df), df)).toBeCloseTo(0.01, 12);
  });
});
