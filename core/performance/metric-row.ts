import type { Metric, Unmeasurable } from './metric.ts';

/** What is measured of a cohort; the names in `performance_metrics`. The first five add up and have no interval. */
export type MetricName =
  | 'leads'
  | 'unknown'
  | 'conversions'
  | 'expected'
  | 'squared_error'
  | 'auc'
  | 'average_precision'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'precision_at_k'
  | 'brier'
  | 'ece'
  | 'lift'
  | 'conversion'
  | 'band_conversion'
  | 'observed_over_expected'
  | 'revenue_per_lead'
  | 'close_time_ms'
  | 'ndcg'
  | 'spearman'
  | 'mae';

/** One metric of one cohort as it is stored. */
export interface MetricRow {
  readonly metric: MetricName;
  /** The threshold, k, share or band that it is told at; empty for none. */
  readonly at: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly sampleSize: number;
  /** Conversions behind it; null where the task has none. */
  readonly positives: number | null;
  /** Of observed over expected: of calibrated scores. */
  readonly pValue: number | null;
  /** Why there is no value; empty where there is one. */
  readonly reason: Unmeasurable | 'not_calibrated' | '';
}

/** A metric with what it is told at. */
export function toMetricRow(
  metric: MetricName,
  measured: Metric,
  { at = '', positives = null }: { readonly at?: string; readonly positives?: number | null } = {},
): MetricRow {
  const told = { metric, at, sampleSize: measured.sampleSize, positives };
  if (measured.value === null)
    return { ...told, value: null, low: null, high: null, pValue: null, reason: measured.reason };
  const { value, low, high, pValue = null } = measured;
  return { ...told, value, low, high, pValue, reason: '' };
}

/** A number that adds up. */
export function toTotalRow(metric: MetricName, value: number, sampleSize: number): MetricRow {
  return toMetricRow(metric, { value, low: null, high: null, sampleSize });
}

/** Of the rows the one of this metric; the first where it is told at several. */
export function findMetric(rows: readonly MetricRow[], metric: MetricName): MetricRow | undefined {
  return rows.find((row) => row.metric === metric);
}
