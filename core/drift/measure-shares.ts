import type { Distribution } from '../contracts/reference.ts';
import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import { binomialUpperTail } from './binomial.ts';
import { fisherExact } from './fisher-exact.ts';
import type { Histogram } from './histogram.ts';
import { hasEnoughForShare, type Measurement } from './measurement.ts';
import { missingBinOf, otherBinOf, referenceCounts } from './reference.ts';
import { formatShare } from './share.ts';
import { chiSquareQuantile } from './special/chi-square-distribution.ts';
import { twoProportions, type TwoProportions } from './two-proportions.ts';

/** Expected rows with and without, below which p is exact. */
const LARGE_EXPECTATION = 200;

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
  const test = testShare(hits, size, distribution.missing, referenceSize);
  const enough = hasEnoughForShare([size, referenceSize], policy);
  const pooled = (hits + distribution.missing) / Math.max(1, size + referenceSize);
  return {
    signal: 'missing_rate',
    subject: distribution.name,
    statistic: 'share_difference',
    value: Math.abs(test.difference),
    limits: policy.missingRate,
    criticalValue: enough ? criticalDifference(pooled, size, referenceSize, policy.shares.alpha) : null,
    testStatistic: test.z,
    pValue: test.pValue,
    sampleSize: size,
    enough,
    alpha: policy.shares.alpha,
    importance: null,
    alarms: !ignored,
    ignored,
    detail: `missing in ${formatShare(hits / Math.max(1, size))} of rows, in the reference in ${formatShare(distribution.missing / Math.max(1, referenceSize))}`,
  };
}

/**
 * Share of the values, missing ones left out, that training never saw. p is that of its being larger than both the
 * reference's, which is 0 but where earlier windows are the reference, and the practical limit: against 0 any rare
 * level is news, and of a thin window's few values one is above the limit every other day. p is 0 where the policy says
 * that training knew all levels: one that can't be is not left to chance. Null for numbers binned by edges, where no
 * number is unseen.
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
  const test = testShare(hits, size, distribution.other, referenceSize);
  const pAboveReference = test.difference > 0 ? test.pValue : 1;
  const pAboveLimit = binomialUpperTail(hits, size, policy.newCategory.warning);
  const isCertain = policy.levels === 'complete' && hits > 0 && distribution.other === 0;
  return {
    signal: 'new_category',
    subject: distribution.name,
    statistic: 'share',
    value: hits / Math.max(1, size),
    limits: policy.newCategory,
    criticalValue: null,
    testStatistic: test.z,
    pValue: isCertain ? 0 : Math.max(pAboveReference, pAboveLimit),
    sampleSize: size,
    enough: hasEnoughForShare([size, referenceSize], policy),
    alpha: policy.shares.alpha,
    importance: null,
    alarms: !ignored,
    ignored,
    detail: `${hits} of ${size} values were never seen in training`,
  };
}

/**
 * Two proportions with an exact p also where textbooks let z do: an alarm asks for a p far in the tail, where shares
 * are skewed: 22 of 400 beside 2 % of 10,000 come by chance once in 22,000 windows, by z once in 470,000.
 */
function testShare(hits: number, size: number, referenceHits: number, referenceSize: number): TwoProportions {
  const test = twoProportions(hits, size, referenceHits, referenceSize);
  const share = (hits + referenceHits) / Math.max(1, size + referenceSize);
  const expectation = Math.min(share, 1 - share) * Math.min(size, referenceSize);
  if (test.method === 'fisher' || size === 0 || expectation >= LARGE_EXPECTATION) return test;
  const pValue = fisherExact(hits, size - hits, referenceHits, referenceSize - referenceHits);
  return { ...test, pValue, method: 'fisher' };
}

function criticalDifference(pooled: number, n: number, m: number, alpha: number): number {
  return Math.sqrt(chiSquareQuantile(alpha, 1) * pooled * (1 - pooled) * (1 / n + 1 / m));
}
