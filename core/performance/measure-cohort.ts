import type { Sums } from '../experiment/mean.ts';
import type { MetricName, MetricRow } from './metric-row.ts';
import { toMetricRow, toTotalRow } from './metric-row.ts';
import type { Metric } from './metric.ts';
import { areaUnderRoc } from './metrics/auc.ts';
import { averagePrecision } from './metrics/average-precision.ts';
import { brierOf } from './metrics/brier.ts';
import { calibrationError } from './metrics/calibration-error.ts';
import { confusionAt } from './metrics/confusion.ts';
import { f1Of } from './metrics/f1.ts';
import { liftOf, TOP_DECILE } from './metrics/lift.ts';
import { meanAbsoluteError } from './metrics/mean-absolute-error.ts';
import { medianOf } from './metrics/median.ts';
import { ndcgAtK, type RankedGroups } from './metrics/ndcg.ts';
import { observedOverExpected } from './metrics/observed-over-expected.ts';
import { precisionAtK } from './metrics/precision-at-k.ts';
import { precisionOf } from './metrics/precision.ts';
import { rankCorrelation } from './metrics/rank-correlation.ts';
import { recallOf } from './metrics/recall.ts';
import { revenuePerLead } from './metrics/revenue-per-lead.ts';
import { shareMetric } from './metrics/wilson.ts';
import { type ScoreCells, totalsOf } from './score-cells.ts';

/** Leads of one band that have a label. */
export interface BandOutcomes {
  readonly band: string;
  readonly leads: number;
  readonly conversions: number;
}

/** What every mature cohort has, whatever the model's task. */
export interface CohortSums {
  /** Leads with a label, and those whose outcome is not known. */
  readonly leads: number;
  readonly unknown: number;
  /** Sums of labels, scores and squared errors, over leads with a label. */
  readonly conversions: number;
  readonly expected: number;
  readonly squaredError: number;
  /** Revenue of the leads with a label; null where no outcome tells any. */
  readonly revenue: Sums | null;
  /** From lead to conversion, of those that converted. */
  readonly closeTimesMs: Float64Array;
}

/** How a model's metrics are told: by its package, and as its policy wants. */
export interface MeasurePolicy {
  /** Whether its scores are probabilities: else nothing can be estimated from them, nor their sum be tested. */
  readonly isCalibrated: boolean;
  /** At or above this score a lead counts as predicted to convert. */
  readonly threshold: number;
  readonly topK: number;
  readonly ndcgK: number;
}

/** Metrics of a classifier's mature cohort: its labelled leads folded by score, and by band. */
export function measureClassifier(
  cells: ScoreCells,
  bands: readonly BandOutcomes[],
  sums: CohortSums,
  { isCalibrated, threshold, topK }: MeasurePolicy,
): readonly MetricRow[] {
  const { leads, positives } = totalsOf(cells);
  const confusion = confusionAt(cells, threshold);
  const row = (metric: MetricName, measured: Metric, at = ''): MetricRow =>
    toMetricRow(metric, measured, { at, positives });
  return [
    ...totalRows(sums),
    row('auc', areaUnderRoc(cells)),
    row('average_precision', averagePrecision(cells)),
    row('precision', precisionOf(confusion), String(threshold)),
    row('recall', recallOf(confusion), String(threshold)),
    row('f1', f1Of(confusion), String(threshold)),
    row('precision_at_k', precisionAtK(cells, topK), String(topK)),
    row('brier', brierOf(cells)),
    row('ece', calibrationError(cells)),
    row('lift', liftOf(cells), String(TOP_DECILE)),
    row(
      'conversion',
      leads === 0 ? { value: null, reason: 'no_leads', sampleSize: 0 } : shareMetric(positives, leads),
    ),
    row('observed_over_expected', observedOverExpected(cells, isCalibrated)),
    ...bands
      .filter((band) => band.leads > 0)
      .map(({ band, leads: size, conversions }) =>
        toMetricRow('band_conversion', shareMetric(conversions, size), { at: band, positives: conversions }),
      ),
    ...businessRows(sums),
  ];
}

/** Metrics of a regressor's mature cohort; entry i of each column is a lead. */
export function measureRegressor(
  scores: Float64Array,
  labels: Float64Array,
  sums: CohortSums,
): readonly MetricRow[] {
  return [
    ...totalRows(sums),
    toMetricRow('spearman', rankCorrelation(scores, labels)),
    toMetricRow('mae', meanAbsoluteError(scores, labels)),
    ...businessRows(sums),
  ];
}

/** Metrics of a ranker's mature cohort. */
export function measureRanker(
  groups: RankedGroups,
  sums: CohortSums,
  { ndcgK }: MeasurePolicy,
): readonly MetricRow[] {
  return [
    ...totalRows(sums),
    toMetricRow('ndcg', ndcgAtK(groups, ndcgK), { at: String(ndcgK) }),
    ...businessRows(sums),
  ];
}

function totalRows({
  leads,
  unknown,
  conversions,
  expected,
  squaredError,
}: CohortSums): readonly MetricRow[] {
  return [
    toTotalRow('leads', leads, leads),
    toTotalRow('unknown', unknown, leads + unknown),
    toTotalRow('conversions', conversions, leads),
    toTotalRow('expected', expected, leads),
    toTotalRow('squared_error', squaredError, leads),
  ];
}

function businessRows({ revenue, closeTimesMs }: CohortSums): readonly MetricRow[] {
  return [
    ...(revenue === null ? [] : [toMetricRow('revenue_per_lead', revenuePerLead(revenue))]),
    ...(closeTimesMs.length === 0 ? [] : [toMetricRow('close_time_ms', medianOf(closeTimesMs))]),
  ];
}
