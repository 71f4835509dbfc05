import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquare } from './chi-square.ts';
import vectors from './vectors/chi-square.json' with { type: 'json' };

const counts = (k: number) => fc.array(fc.nat(300), { minLength: k, maxLength: k });
const twoSamples = fc.integer({ min: 1, max: 12 }).chain((k) => fc.tuple(counts(k), counts(k)));

describe('chiSquare', () => {
  it.each(vectors)('agrees with SciPy: $current against $reference', (vector) => {
    const result = chiSquare(vector.current, vector.reference, vector.otherIndex);
    expect(result.method).toBe(vector.method);
    expect(result.degreesOfFreedom).toBe(vector.degreesOfFreedom);
    expect(result.statistic).toBeCloseTo(vector.statistic, 9);
    expect(Math.abs(result.pValue - vector.pValue)).toBeLessThan(1e-9);
    expect(result.cramersV).toBeCloseTo(vector.cramersV, 9);
    expect(result.balancedV).toBeCloseTo(vector.balancedV, 9);
  });

  it('has p = 1, never NaN, where one category or an empty sample is left', () => {
    for (const [current, reference] of [
      [[5], [9]],
      [
        [5, 0],
        [9, 0],
      ],
      [
        [0, 0],
        [9, 3],
      ],
      [[], []],
    ] as const) {
      expect(chiSquare(current, reference)).toMatchObject({ pValue: 1, balancedV: 0, method: 'none' });
    }
  });

  it('knows a change that plain V hides behind a large reference', () => {
    const { balancedV, cramersV, pValue } = chiSquare([160, 40], [15_000, 15_000]);
    expect(cramersV).toBeLessThan(0.05);
    expect(balancedV).toBeGreaterThan(0.3);
    expect(pValue).toBeLessThan(1e-6);
  });

  it('is 0 at identity, bounded, symmetric, and blind to the order of categories', () => {
    fc.assert(
      fc.property(twoSamples, fc.nat(), ([a, b], turn) => {
        const result = chiSquare(a, b);
        const rotate = (given: number[]) => given.map((_, i) => given[(i + turn) % given.length]!);
        const turned = chiSquare(rotate(a), rotate(b));
        expect(chiSquare(a, a)).toMatchObject({ statistic: 0, pValue: 1, balancedV: 0 });
        for (const share of [result.pValue, result.cramersV, result.balancedV]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(turned.statistic).toBeCloseTo(result.statistic, 8);
        expect(turned.pValue).toBeCloseTo(result.pValue, 9);
      }),
    );
  });

  it('is symmetric in the samples but for the tie-break of merging', () => {
    const [a, b] = [
      [40, 60, 100],
      [900, 700, 1400],
    ];
    expect(chiSquare(a, b).statistic).toBeCloseTo(chiSquare(b, a).statistic, 10);
  });
});
