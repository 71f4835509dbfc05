import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alwaysValidBound, alwaysValidWidth, equalLeadsPerArm } from './always-valid.ts';
import vectors from './vectors/always-valid.json' with { type: 'json' };

describe('alwaysValidBound', () => {
  it.each(vectors)(
    'is the paper’s formula by Lambert’s W, its p the mixture by quadrature: %d leads of %d at α = %d, %d standard errors wide, z = %d',
    (leads, plannedLeadsPerArm, alpha, width, z, pValue) => {
      const design = { alpha, plannedLeadsPerArm };
      const {
        low,
        high,
        pValue: found,
      } = alwaysValidBound({ value: 2 * z, standardError: 2 }, leads, design);
      expect(alwaysValidWidth(leads, design) / width).toBeCloseTo(1, 12);
      expect((high - low) / (4 * width)).toBeCloseTo(1, 12);
      expect((high + low) / 2).toBeCloseTo(2 * z, 9);
      expect(found / pValue).toBeCloseTo(1, 8);
    },
  );

  it('is tightest at the plan', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 0.3, noNaN: true }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (alpha, plannedLeadsPerArm, off) => {
          const design = { alpha, plannedLeadsPerArm };
          const atPlan = alwaysValidWidth(plannedLeadsPerArm, design);
          expect(alwaysValidWidth(off * plannedLeadsPerArm, design)).toBeGreaterThanOrEqual(
            atPlan * (1 - 1e-12),
          );
        },
      ),
    );
  });

  it('has a p below α exactly where it excludes 0', () => {
    const design = { alpha: 0.05, plannedLeadsPerArm: 10_000 };
    for (const leads of [100, 10_000, 1e6]) {
      const width = alwaysValidWidth(leads, design);
      for (const z of [width - 1e-6, width + 1e-6]) {
        const { low, pValue } = alwaysValidBound({ value: z, standardError: 1 }, leads, design);
        expect(low > 0).toBe(z > width);
        expect(pValue < 0.05).toBe(z > width);
      }
    }
  });

  it('costs what its comment says: 3.04, 3.82 and 3.25 standard errors instead of 1.96', () => {
    const design = { alpha: 0.05, plannedLeadsPerArm: 1_000 };
    const widths = [1_000, 100, 10_000].map((leads) => alwaysValidWidth(leads, design).toFixed(2));
    expect(widths).toEqual(['3.04', '3.82', '3.25']);
  });
});

it('unequal arms tell as much as two of their harmonic mean', () => {
  expect(equalLeadsPerArm(500, 500)).toBe(500);
  expect(equalLeadsPerArm(9_000, 1_000)).toBe(1_800);
});
