import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { psi, psiCriticalValue } from './psi.ts';
import vectors from './vectors/psi.json' with { type: 'json' };

const histogram = (bins: number) => fc.array(fc.nat(5_000), { minLength: bins, maxLength: bins });
const twoHistograms = fc
  .integer({ min: 2, max: 20 })
  .chain((bins) => fc.tuple(histogram(bins), histogram(bins)));

describe('psi', () => {
  it.each(vectors)('agrees with NumPy and SciPy: $current', (vector) => {
    const result = psi(vector.current, vector.reference);
    const size = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    expect(result.bins).toBe(vector.bins);
    expect(result.value).toBeCloseTo(vector.value, 9);
    expect(result.pValue).toBeCloseTo(vector.pValue, 9);
    expect(psiCriticalValue(result.bins, size(vector.current), size(vector.reference), 0.01)).toBeCloseTo(
      vector.criticalValue,
      9,
    );
  });

  it('costs an empty decile what theory says, .29 at M = 100', () => {
    const reference = Array.from({ length: 10 }, () => 100_000);
    const { value } = psi([0, 12, 11, 11, 11, 11, 11, 11, 11, 11], reference);
    expect(value).toBeGreaterThan(0.25);
    expect(value).toBeLessThan(0.33);
  });

  it('is 0 with p = 1 where there is nothing to compare', () => {
    for (const [current, reference] of [
      [
        [0, 0],
        [5, 5],
      ],
      [
        [5, 5],
        [0, 0],
      ],
      [[7], [9]],
      [
        [7, 0],
        [9, 0],
      ],
      [[], []],
    ] as const) {
      expect(psi(current, reference)).toMatchObject({ value: 0, pValue: 1 });
    }
    expect(psiCriticalValue(1, 100, 100, 0.01)).toBe(0);
  });

  it('is 0 at identity, never negative, symmetric, and blind to the order of bins', () => {
    fc.assert(
      fc.property(twoHistograms, fc.nat(), ([a, b], turn) => {
        const { value, pValue } = psi(a, b);
        const rotate = (counts: number[]) => counts.map((_, i) => counts[(i + turn) % counts.length]!);
        expect(psi(a, a).value).toBe(0);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(psi(b, a).value).toBeCloseTo(value, 12);
        expect(psi(rotate(a), rotate(b)).value).toBeCloseTo(value, 10);
      }),
    );
  });
});
