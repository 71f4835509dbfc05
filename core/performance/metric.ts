/** Why a metric has no value. */
export type Unmeasurable =
  /** No lead has a label. */
  | 'no_leads'
  /** All converted, or none did: there is nothing to order. */
  | 'one_class'
  /** Fewer than the metric or its interval needs. */
  | 'too_few'
  /** Nobody is at or above the threshold. */
  | 'nobody_predicted'
  /** The scores expect no conversion. */
  | 'nothing_expected';

/** A metric of a cohort with the 95 % interval of the true one; null bounds where there are none to tell. */
export interface MeasuredMetric {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** What the value rests on: leads, or for precision those predicted, for recall those converted, for NDCG groups. */
  readonly sampleSize: number;
  /** Two-sided, where the metric has something to be tested against. */
  readonly pValue?: number;
}

/** A metric, or the reason why there is none. */
export type Metric =
  MeasuredMetric | { readonly value: null; readonly reason: Unmeasurable; readonly sampleSize: number };

/** No value, for this reason. */
export function unmeasured(reason: Unmeasurable, sampleSize: number): Metric {
  return { value: null, reason, sampleSize };
}
