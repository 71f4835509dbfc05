import { describe, expect, it } from 'vitest';
import { alwaysValidBound } from './always-valid.ts';
import { alwaysValidLeadsPerArm, fixedHorizonLeadsPerArm, leadsPerArmToDecide } from './required-sample.ts';
import vectors from './vectors/required-sample.json' with { type: 'json' };

describe('fixedHorizonLeadsPerArm', () => {
  it.each(vectors.fixedHorizon)(
    'agrees with statsmodels: %d and a relative effect of %d at α = %d, power %d',
    (baseline, minimumEffect, alpha, power, leads) => {
      const found = fixedHorizonLeadsPerArm({ baseline, minimumEffect, alpha, power });
      expect(found).toBe(Math.ceil(leads));
    },
  );

  it('is null where no test can be planned', () => {
    for (const [baseline, minimumEffect] of [
      [0, 0.1],
      [1, -0.1],
      [0.95, 0.1],
      [0.1, -1.5],
    ] as const) {
      const wanted = { baseline, minimumEffect, alpha: 0.05, power: 0.8 };
      expect(fixedHorizonLeadsPerArm(wanted)).toBeNull();
      expect(alwaysValidLeadsPerArm(wanted)).toBeNull();
    }
  });

  it('is passed 1.91 times by a test that is looked at all along', () => {
    const wanted = { baseline: 0.12, minimumEffect: 0.1, alpha: 0.05, power: 0.8 };
    expect(alwaysValidLeadsPerArm(wanted)! / fixedHorizonLeadsPerArm(wanted)!).toBeCloseTo(1.915, 3);
  });
});

describe('leadsPerArmToDecide', () => {
  it.each(vectors.toDecide)(
    'agrees with SciPy’s root: z = %d at %d leads of %d, α = %d',
    (z, leads, plannedLeadsPerArm, alpha, expected) => {
      const design = { alpha, plannedLeadsPerArm };
      const found = leadsPerArmToDecide({ value: z, standardError: 1 }, leads, design)!;
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1.5);
    },
  );

  it('is where the bound first excludes 0, and no later than now where it does', () => {
    const design = { alpha: 0.05, plannedLeadsPerArm: 14_000 };
    const needed = leadsPerArmToDecide({ value: 0.01, standardError: 0.006 }, 6_000, design)!;
    const lowAt = (leads: number) =>
      alwaysValidBound({ value: 0.01, standardError: 0.006 * Math.sqrt(6_000 / leads) }, leads, design).low;
    expect(lowAt(needed)).toBeGreaterThan(0);
    expect(lowAt(needed - 2)).toBeLessThan(0);
    expect(leadsPerArmToDecide({ value: 0.01, standardError: 0.002 }, 6_000, design)).toBeLessThan(6_000);
  });

  it('is null without a difference, and for one that nobody lives to see', () => {
    const design = { alpha: 0.05, plannedLeadsPerArm: 14_000 };
    expect(leadsPerArmToDecide({ value: 0, standardError: 1 }, 6_000, design)).toBeNull();
    expect(leadsPerArmToDecide({ value: 1e-12, standardError: 1 }, 6_000, design)).toBeNull();
  });
});
