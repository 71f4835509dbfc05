import { describe, expect, it } from 'vitest';
import { completePolicy } from '../policy/defaults.ts';
import { fisherExact } from './fisher-exact.ts';
import { measureMissingRate } from './measure-shares.ts';
import { numericReference } from './testing/reference.ts';
import { twoProportions } from './two-proportions.ts';

const REFERENCE = numericReference(
  'age',
  Array.from({ length: 9_878 }, (_, i) => i),
  202,
);

/** The missing rate of a window of so many rows, so many of them missing, at the default policy. */
function missingOf(hits: number, size: number) {
  const outcome = completePolicy({});
  if (!outcome.ok) throw new Error(outcome.problems.join());
  const counts = [size - hits, ...REFERENCE.counts.slice(1).map(() => 0), 0, hits];
  return measureMissingRate(REFERENCE, { counts, ks: null }, outcome.policy.drift, false);
}

describe('the p of a share', () => {
  it('is exact far in the tail, where z says twenty times less', () => {
    const { pValue } = missingOf(22, 400);
    expect(pValue).toBe(fisherExact(22, 378, 202, 9_878));
    expect(pValue / twoProportions(22, 400, 202, 10_080).pValue).toBeGreaterThan(20);
  });

  it('is that of z where so many are expected that both are the same', () => {
    const { pValue } = missingOf(420, 20_000);
    expect(pValue).toBe(twoProportions(420, 20_000, 202, 10_080).pValue);
    expect(pValue).toBeCloseTo(fisherExact(420, 19_580, 202, 9_878), 1);
  });
});
