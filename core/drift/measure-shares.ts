import type { Distribution } from '../contracts/reference.ts';
import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import type { Histogram } from './histogram.ts';
import { hasEnough, type Measurement } from './measurement.ts';
import { missingBinOf, otherBinOf, referenceCounts } from './reference.ts';
import { formatShare } from './share.ts';
import { chiSquareQuantile } from './special/chi-square-distribution.ts';
import { twoProportions } from './two-proportions.ts';

/** Share of rows without a value against the reference's, by the absolute difference: both ways are news. */
export function measureMissingRate(
  distribution: Distribution,
  { counts }: Histogram,
  policy: CompleteDriftPolicy,
  ignored: boolean,
): Measurement {
  const hits = counts[missingBinOf(distribution)] ?? 0;
  const size = counts.reduce((total, count) => total + count, 0);
  const referenceSize = referenceCounts(distribution).reduce((total, count) => total + count, 0);
  const test = twoProportions(hits, size, distribution.missing, referenceSize);
  const enough = hasEnough([size, referenceSize], policy);
  const pooled = (hits + distribution.missing) / Math.max(1, size + referenceSize);
  return {
    signal: 'missing_rate',
    subject: distribution.name,
    statistic: 'share_difference',
    value: Math.abs(test.difference),
    limits: policy.missingRate,
    criticalValue: enough ? criticalDifference(pooled, size, referenceSize, policy.alpha) : null,
    testStatistic: test.z,
    pValue: test.pValue,
    sampleSize: size,
    enough,
    importance: null,
    alarms: !ignored,
    ignored,
    detail: `missing in ${formatShare(hits / Math.max(1, size))} of rows, in the reference in ${formatShare(distribution.missing / Math.max(1, referenceSize))}`,
  };
}

/**
 * Share of the values, missing ones left out, that training never saw; p of its being larger than the reference's,
 * which is 0 but where earlier windows are the reference: fewer are no news. Null for numbers binned by edges, where
 * no number is unseen.
 */
export function measureNewCategories(
  distribution: Distribution,
  { counts }: Histogram,
  policy: CompleteDriftPolicy,
  ignored: boolean,
): Measurement | null {
  if (distribution.bins.type === 'edges') return null;
  const other = otherBinOf(distribution);
  const hits = counts[other] ?? 0;
  const size = counts.slice(0, other + 1).reduce((total, count) => total + count, 0);
  const referenceSize = distribution.counts.reduce((total, count) => total + count, distribution.other);
  const test = twoProportions(hits, size, distribution.other, referenceSize);
  return {
    signal: 'new_category',
    subject: distribution.name,
    statistic: 'share',
    value: hits / Math.max(1, size),
    limits: policy.newCategory,
    criticalValue: null,
    testStatistic: test.z,
    pValue: test.difference > 0 ? test.pValue : 1,
    sampleSize: size,
    enough: hasEnough([size, referenceSize], policy),
    importance: null,
    alarms: !ignored,
    ignored,
    detail: `${hits} of ${size} values were never seen in training`,
  };
}

function criticalDifference(pooled: number, n: number, m: number, alpha: number): number {
  return Math.sqrt(chiSquareQuantile(alpha, 1) * pooled * (1 - pooled) * (1 / n + 1 / m));
}
