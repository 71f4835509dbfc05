import type { Measurement } from '../drift/measurement.ts';
import { formatShare } from '../drift/share.ts';
import { twoProportions } from '../drift/two-proportions.ts';
import { differenceOf } from '../experiment/mean.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { MetricRow } from './metric-row.ts';
import { pooledMean, pooledShare, twoSided } from './pooled-metrics.ts';

/**
 * What a cohort brings, beside the version's earlier ones: the best band's conversion and revenue per lead, each as its
 * relative fall, with a test of two samples. Without a conversion or revenue before, there is nothing to fall from.
 */
export function measureBusiness(
  rows: readonly MetricRow[],
  baseline: BusinessBaseline,
  policy: CompletePolicy,
): readonly Measurement[] {
  return [topBandDrop(rows, baseline, policy), revenueDrop(rows, baseline, policy)].filter(
    (measurement) => measurement !== null,
  );
}

/** What business is compared with. */
export interface BusinessBaseline {
  /** The model's best band. */
  readonly topBand: string;
  /** Metrics of the version's own earlier cohorts of the same size, all together. */
  readonly earlier: readonly MetricRow[];
}

function topBandDrop(
  rows: readonly MetricRow[],
  { topBand, earlier }: BusinessBaseline,
  policy: CompletePolicy,
): Measurement | null {
  const [now, before] = [pooledShare(rows, topBand), pooledShare(earlier, topBand)];
  if (now.size === 0 || before.hits === 0) return null;
  const [share, earlierShare] = [now.hits / now.size, before.hits / before.size];
  const { z, pValue } = twoProportions(now.hits, now.size, before.hits, before.size);
  return {
    ...businessOf('band_conversion', 1 - share / earlierShare, policy),
    testStatistic: z,
    pValue,
    sampleSize: now.size,
    // The band is a part of the cohort; a fifth of its sample tells as much of a share that is as large.
    enough: Math.min(now.size, before.size) >= policy.performance.minimumSample / 5,
    detail: `of band ${topBand} ${formatShare(share)} converted, of ${before.size} leads before ${formatShare(earlierShare)}`,
  };
}

function revenueDrop(
  rows: readonly MetricRow[],
  { earlier }: BusinessBaseline,
  policy: CompletePolicy,
): Measurement | null {
  const [now, before] = [pooledMean(rows, 'revenue_per_lead'), pooledMean(earlier, 'revenue_per_lead')];
  if (now === null || before === null || before.value <= 0) return null;
  const { value, standardError } = differenceOf(now, before);
  const z = standardError > 0 ? value / standardError : 0;
  return {
    ...businessOf('revenue_per_lead', 1 - now.value / before.value, policy),
    testStatistic: z,
    pValue: twoSided(z),
    sampleSize: now.size,
    enough: Math.min(now.size, before.size) >= policy.performance.minimumSample,
    detail: `${now.value.toFixed(2)} per lead, ${before.value.toFixed(2)} of ${before.size} leads before`,
  };
}

function businessOf(
  subject: 'band_conversion' | 'revenue_per_lead',
  value: number,
  { performance }: CompletePolicy,
): Pick<
  Measurement,
  'signal' | 'subject' | 'statistic' | 'value' | 'limits' | 'criticalValue' | 'importance' | 'alarms'
> {
  return {
    signal: 'business',
    subject,
    statistic: 'relative_drop',
    value,
    limits: performance.businessDrop,
    criticalValue: null,
    importance: null,
    alarms: true,
  };
}
