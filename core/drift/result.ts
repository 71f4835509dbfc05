import type { ComparedWindows } from './compared-windows.ts';

/** What alerts are about: the names that `signal` of schemas/scoring-alert.avsc may have. */
export const SIGNALS = [
  'feature_drift',
  'new_category',
  'missing_rate',
  'prediction_drift',
  'shadow_disagreement',
  'latency',
  'error_rate',
  'throughput',
  'performance',
  'calibration',
  'business',
  'lag',
  'data_quality',
  'cost',
  'retraining',
  'report',
  'test',
] as const;

/** What an alert is about. */
export type Signal = (typeof SIGNALS)[number];

/**
 * How an effect was measured. `chi2`'s value is Cramér's V at equal weights; `wasserstein`'s is in standard deviations
 * of the reference; `share_difference`'s is absolute.
 */
export type Statistic =
  | 'psi'
  | 'kl'
  | 'js'
  | 'wasserstein'
  | 'mahalanobis'
  | 'weighted_share'
  | 'ks'
  | 'chi2'
  | 'share'
  | 'share_difference'
  | 'p95'
  | 'silence_ms'
  | 'seconds_of_work'
  | 'cost'
  | 'auc_drop'
  | 'auc_shortfall'
  | 'auc_fall'
  | 'estimated_auc_drop'
  | 'estimated_auc_shortfall'
  | 'ratio_excess'
  | 'relative_drop';

/** How large an effect is, by the policy's practical limits alone. */
export type EffectLevel = 'none' | 'warning' | 'critical';

/** `drifted`: above the practical limit *and* significant. `insufficient_data`: a state, not silence and not an alarm. */
export type Verdict = 'ok' | 'drifted' | 'insufficient_data';

/** One statistic of one subject in one window. */
export interface DriftResult {
  readonly signal: Signal;
  /** The feature's name, 'score', 'bands', 'multivariate' or 'overall' (all features), or the metric's name. */
  readonly subject: string;
  readonly statistic: Statistic;
  /** The effect, in the statistic's own unit; bounded where that is, never NaN. */
  readonly value: number;
  /** The effect's warning limit. */
  readonly threshold: number;
  /** The value that chance alone passes with probability α; null where the test has none in the value's unit. */
  readonly criticalValue: number | null;
  /** χ² or z behind the p, D for KS; null without a test. */
  readonly testStatistic: number | null;
  readonly pValue: number | null;
  /** Benjamini–Hochberg over the features that alarm and have data, per signal and statistic. */
  readonly adjustedPValue: number | null;
  readonly sampleSize: number;
  readonly level: EffectLevel;
  readonly verdict: Verdict;
  /** The feature's share of the model's importance, 0…1; null: no feature, or the package doesn't say. */
  readonly importance: number | null;
  /** False: computed and stored, never an alert (the policy's `ignore`). */
  readonly alarms: boolean;
  /** What changed, for a person: "largest shift: 'cellular' from 63 % to 21 %". */
  readonly detail: string;
  /** The earlier windows that it was compared with; absent: the package's reference, or nothing. */
  readonly comparedWith?: ComparedWindows;
}
