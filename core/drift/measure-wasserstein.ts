import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import type { ComparedDistribution } from './compared-distribution.ts';
import type { Histogram } from './histogram.ts';
import { createKsCells } from './ks-cells.ts';
import { describeSubject, type Measurement, type Subject } from './measurement.ts';
import { rankSum } from './rank-sum.ts';
import { otherBinOf } from './reference.ts';
import { spreadOf, wassersteinFromCells, wassersteinOfCounts } from './wasserstein.ts';

/**
 * Wasserstein-1 in standard deviations of the reference: of raw values where it has a sample, of the known values
 * where numbers are binned by value (`__other__` has no place on the line). Null for levels and constants.
 *
 * The distance has no distribution of its own that would hold for every feature. Its p is that of the test beside it
 * (`tested`: KS or χ²), which asks the same question: one distribution, or two. Beside KS, which knows a sample of the
 * reference, there is the rank sum test, which knows all its rows by their bins and is sharper for a shift: the smaller
 * p counts, doubled for there being two.
 */
export function measureWasserstein(
  subject: Subject,
  distribution: ComparedDistribution,
  { counts, ks }: Histogram,
  policy: CompleteDriftPolicy,
  tested: Measurement,
): Measurement | null {
  const { bins, sample = [], cells = createKsCells(sample) } = distribution;
  const spread = spreadOf(distribution);
  if (bins.type === 'levels' || !(spread > 0)) return null;
  const distance =
    bins.type === 'values'
      ? wassersteinOfCounts(bins.values, counts, distribution.counts)
      : wassersteinFromCells(cells, ks ?? { cells: [], counts: [], offsets: [] });
  return {
    ...tested,
    ...(bins.type === 'edges' && sharperOf(tested, distribution, counts)),
    ...describeSubject(subject, 'wasserstein', policy),
    value: distance / spread,
    limits: policy.wasserstein,
    criticalValue: null,
  };
}

/** The smaller p of two tests by Bonferroni, and the statistic behind it. */
function sharperOf(
  { testStatistic, pValue }: Measurement,
  distribution: ComparedDistribution,
  counts: Histogram['counts'],
): Pick<Measurement, 'testStatistic' | 'pValue'> {
  const ranks = rankSum(counts.slice(0, otherBinOf(distribution)), distribution.counts);
  const smaller =
    ranks.pValue < pValue ? { testStatistic: ranks.z, pValue: ranks.pValue } : { testStatistic, pValue };
  return { ...smaller, pValue: Math.min(1, 2 * smaller.pValue) };
}
