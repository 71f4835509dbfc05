import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../alerts/testing/given.ts';
import { addJointSums, createUnusualness, type JointSums, NO_JOINT_SUMS } from './joint.ts';
import { measureJoint } from './measure-joint.ts';
import { createRandom } from './testing/random.ts';
import vector from './vectors/joint.json' with { type: 'json' };

const { drift } = defaultPolicy();
/** Two numbers of ten bins each that go together: correlation .8. */
const TENTHS = Array.from({ length: 10 }, (_, bin) => (bin - 4.5) / Math.sqrt(8.25));
const PAIR = {
  numbers: [
    [...TENTHS, 0, 0],
    [...TENTHS, 0, 0],
  ],
  whitening: [
    [1, 0],
    [-0.8 / 0.6, 1 / 0.6],
  ],
  mean: 2,
  variance: 3.2,
};
const unusualness = createUnusualness(PAIR);
const sumsOf = (rows: readonly (readonly number[])[]): JointSums =>
  rows
    .map(unusualness)
    .reduce((sums, e) => addJointSums(sums, { count: 1, sum: e, squares: e * e }), NO_JOINT_SUMS);

describe('createUnusualness', () => {
  it('agrees with scikit-learn’s Mahalanobis distances', () => {
    const measure = createUnusualness(vector);
    for (const [i, bins] of vector.bins.entries()) expect(measure(bins)).toBeCloseTo(vector.distances[i]!, 9);
  });

  it('takes what is missing or new for the mean, and knows no negative distance', () => {
    expect(unusualness([10, 11])).toBe(0);
    fc.assert(
      fc.property(fc.nat(11), fc.nat(11), (a, b) => {
        expect(unusualness([a, b])).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is large where two that go together part, each by itself being nothing special', () => {
    expect(unusualness([0, 9])).toBeGreaterThan(5 * unusualness([9, 9]));
  });
});

describe('measureJoint', () => {
  const random = createRandom(11);
  const tenth = () => Math.floor(random.uniform() * 10);
  const together = () => {
    const a = tenth();
    return [a, random.uniform() < 0.8 ? a : tenth()];
  };
  const draw = (n: number, row: () => readonly number[]) => sumsOf(Array.from({ length: n }, row));

  it('finds nothing where values go together as they did', () => {
    const calm = measureJoint(draw(2_000, together), PAIR, 10_000, drift);
    expect(calm).toMatchObject({ subject: 'multivariate', sampleSize: 2_000, enough: true, alarms: true });
    expect(calm.value).toBeLessThan(drift.multivariate.warning);
    expect(calm.value).toBeLessThan(calm.criticalValue!);
    expect(calm.pValue).toBeGreaterThan(0.01);
  });

  it('finds that they no longer do, though each alone is as it was', () => {
    const apart = measureJoint(
      draw(500, () => [tenth(), tenth()]),
      PAIR,
      10_000,
      drift,
    );
    expect(apart.value).toBeGreaterThan(drift.multivariate.critical);
    expect(apart.pValue).toBeLessThan(1e-6);
    expect(apart.detail).toMatch(/^combinations of values are more unusual than in the reference/);
  });

  it('finds leads that are all alike', () => {
    const alike = measureJoint(
      draw(500, () => [4, 4]),
      PAIR,
      10_000,
      drift,
    );
    expect(alike).toMatchObject({ enough: true });
    expect(alike.value).toBeGreaterThan(drift.multivariate.critical);
    expect(alike.detail).toContain('less unusual');
  });

  it('is never NaN: of no leads 0 with p = 1', () => {
    expect(measureJoint(NO_JOINT_SUMS, PAIR, 10_000, drift)).toMatchObject({
      value: 0,
      pValue: 1,
      criticalValue: null,
      enough: false,
    });
  });

  it('adds up', () => {
    const rows = Array.from({ length: 60 }, together);
    const parts = addJointSums(sumsOf(rows.slice(0, 17)), sumsOf(rows.slice(17)));
    const whole = sumsOf(rows);
    expect(parts.count).toBe(whole.count);
    expect(parts.sum).toBeCloseTo(whole.sum, 9);
    expect(parts.squares).toBeCloseTo(whole.squares, 9);
  });
});
