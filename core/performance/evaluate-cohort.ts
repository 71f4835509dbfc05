import { judge } from '../drift/judge.ts';
import type { Measurement } from '../drift/measurement.ts';
import type { DriftResult } from '../drift/result.ts';
import { differenceOf } from '../experiment/mean.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { Z_95 } from '../shadow/interval.ts';
import { type BusinessBaseline, measureBusiness } from './measure-business.ts';
import type { MetricRow } from './metric-row.ts';
import { type KnownMetric, knownMetric, pooledMean, twoSided } from './pooled-metrics.ts';

/** What a mature cohort is compared with. */
export interface CohortBaseline extends BusinessBaseline {
  /** `training.metrics.auc`; null: the package doesn't say. */
  readonly trainingAuc: number | null;
}

/** What an estimated cohort is compared with. */
export interface EstimateBaseline {
  /** What the same estimator says of the reference's scores (`estimateReferenceAuc`); null: nothing. */
  readonly referenceAuc: number | null;
}

/** Conversions, expected or observed, below which their ratio means nothing. */
const FEWEST_CONVERSIONS = 5;
const NO_LIMIT = Infinity;

/**
 * A mature cohort as results for the alert decider, each an effect with its test:
 * - `performance`: AUC below training's, below the version's earlier cohorts, below the policy's minimum, by DeLong;
 * - `calibration`: observed over expected, by the Poisson-binomial test, which calibrated scores alone have;
 * - `business`: the best band's conversion and revenue per lead, below the version's earlier cohorts, by two samples.
 * What the cohort has no value for is left out.
 */
export function evaluateCohort(
  rows: readonly MetricRow[],
  baseline: CohortBaseline,
  policy: CompletePolicy,
): readonly DriftResult[] {
  const measurements = [
    aucDrop(rows, baseline, policy),
    aucFall(rows, baseline, policy),
    aucShortfall(rows, policy, 'auc_shortfall'),
    calibration(rows, policy),
    ...measureBusiness(rows, baseline, policy),
  ];
  return judge(
    measurements.filter((measurement) => measurement !== null),
    policy.drift.alpha,
  );
}

/**
 * The same of an estimated cohort: AUC alone, below what the same estimator says of the reference and below the policy's
 * minimum, and never more than a warning, as no label has been seen.
 */
export function evaluateEstimate(
  rows: readonly MetricRow[],
  { referenceAuc }: EstimateBaseline,
  policy: CompletePolicy,
): readonly DriftResult[] {
  const beside = referenceAuc === null ? '' : `; of the reference's scores ${referenceAuc.toFixed(3)}`;
  const shortfall = aucShortfall(rows, policy, 'estimated_auc_shortfall');
  const measurements = [
    estimatedDrop(rows, referenceAuc, policy),
    shortfall && { ...shortfall, detail: `${shortfall.detail}${beside}` },
  ];
  return judge(
    measurements
      .filter((measurement) => measurement !== null)
      .map((measurement) => ({ ...measurement, limits: { ...measurement.limits, critical: NO_LIMIT } })),
    policy.drift.alpha,
  );
}

function aucDrop(
  rows: readonly MetricRow[],
  { trainingAuc }: Pick<CohortBaseline, 'trainingAuc'>,
  policy: CompletePolicy,
): Measurement | null {
  const auc = knownMetric(rows, 'auc');
  if (trainingAuc === null || auc === null) return null;
  return {
    ...aucBelow(auc, trainingAuc, policy),
    statistic: 'auc_drop',
    limits: policy.performance.aucDrop,
    detail: `AUC ${withBounds(auc)}, in training ${trainingAuc.toFixed(3)}`,
  };
}

function estimatedDrop(
  rows: readonly MetricRow[],
  referenceAuc: number | null,
  policy: CompletePolicy,
): Measurement | null {
  const auc = knownMetric(rows, 'auc');
  if (referenceAuc === null || auc === null) return null;
  const statistic = 'estimated_auc_drop';
  return {
    ...aucBelow(auc, referenceAuc, policy),
    statistic,
    limits: policy.performance.aucDrop,
    detail: `AUC ${withBounds(auc)}${wordsOf(statistic)}, of the reference's scores ${referenceAuc.toFixed(3)}`,
  };
}

function wordsOf(statistic: string): string {
  return statistic.startsWith('estimated_') ? ' expected of these scores, before any label' : '';
}

/** Two samples on their own scale: what training claims may be worth nothing, what the version has shown isn't. */
function aucFall(
  rows: readonly MetricRow[],
  { earlier }: CohortBaseline,
  policy: CompletePolicy,
): Measurement | null {
  const auc = knownMetric(rows, 'auc');
  const [now, before] = [pooledMean(rows, 'auc'), pooledMean(earlier, 'auc')];
  if (auc === null || now === null || before === null) return null;
  const { value, standardError } = differenceOf(now, before);
  const z = standardError > 0 ? value / standardError : 0;
  return {
    ...aucBelow(auc, before.value, policy),
    statistic: 'auc_fall',
    limits: policy.performance.aucDrop,
    testStatistic: z,
    pValue: twoSided(z),
    detail: `AUC ${withBounds(auc)}, of ${before.size} leads before ${before.value.toFixed(3)}`,
  };
}

function aucShortfall(
  rows: readonly MetricRow[],
  policy: CompletePolicy,
  statistic: 'auc_shortfall' | 'estimated_auc_shortfall',
): Measurement | null {
  const auc = knownMetric(rows, 'auc');
  const { aucMinimum } = policy.performance;
  if (aucMinimum === null || auc === null) return null;
  return {
    ...aucBelow(auc, aucMinimum, policy),
    statistic,
    limits: { warning: 0, critical: 0 },
    detail: `AUC ${withBounds(auc)}${wordsOf(statistic)}, at least ${aucMinimum} by the policy`,
  };
}

/** How far below, with the p of the difference on the logit, where the interval was made. */
function aucBelow(
  auc: KnownMetric,
  compared: number,
  { performance: { minimumSample, minimumClass } }: CompletePolicy,
): Omit<Measurement, 'statistic' | 'limits' | 'detail'> {
  const rarer = Math.min(auc.positives ?? 0, auc.sampleSize - (auc.positives ?? 0));
  const error = auc.low === null || auc.high === null ? 0 : (logit(auc.high) - logit(auc.low)) / (2 * Z_95);
  const z = error > 0 ? (logit(auc.value) - logit(compared)) / error : 0;
  return {
    signal: 'performance',
    subject: 'auc',
    value: compared - auc.value,
    criticalValue: null,
    testStatistic: z,
    pValue: twoSided(z),
    sampleSize: auc.sampleSize,
    enough: auc.sampleSize >= minimumSample && rarer >= minimumClass && error > 0,
    importance: null,
    alarms: true,
  };
}

function calibration(rows: readonly MetricRow[], policy: CompletePolicy): Measurement | null {
  const ratio = knownMetric(rows, 'observed_over_expected');
  const expected = knownMetric(rows, 'expected')?.value ?? 0;
  if (ratio === null || ratio.pValue === null) return null;
  const observed = ratio.positives ?? 0;
  const { minimumSample, calibrationExcess } = policy.performance;
  const ece = knownMetric(rows, 'ece');
  return {
    signal: 'calibration',
    subject: 'observed_over_expected',
    statistic: 'ratio_excess',
    value: Math.max(observed / expected, expected / Math.max(observed, 0.5)) - 1,
    limits: calibrationExcess,
    criticalValue: null,
    testStatistic: null,
    pValue: ratio.pValue,
    sampleSize: ratio.sampleSize,
    enough: ratio.sampleSize >= minimumSample && Math.max(observed, expected) >= FEWEST_CONVERSIONS,
    importance: null,
    alarms: true,
    detail: `${observed} converted, ${expected.toFixed(1)} were expected: ${withBounds(ratio)}${ece === null ? '' : `, calibration error ${ece.value.toFixed(3)}`}`,
  };
}

function withBounds({ value, low, high }: KnownMetric): string {
  const bounds = low === null || high === null ? '' : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
  return `${value.toFixed(3)}${bounds}`;
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
