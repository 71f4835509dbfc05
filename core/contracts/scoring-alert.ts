// Generated from schemas/scoring-alert.avsc by "npm run generate"; do not edit.
export type AlertState = 'firing' | 'resolved';

export type Severity = 'info' | 'warning' | 'critical';

/** A change of an alert's state. Topic scoring-alerts; key: alert_id as UTF-8, so compaction keeps each alert's latest state. */
export interface ScoringAlert {
  /** Stable: '<model>/<model_version>/<signal>/<statistic>/<subject>/<segment or ->/<window_size>'. */
  readonly alert_id: string;
  readonly state: AlertState;
  readonly severity: Severity;
  /** feature_drift | new_category | missing_rate | prediction_drift | shadow_disagreement | performance | calibration | business | latency | error_rate | throughput | data_quality | lag | cost */
  readonly signal: string;
  /** The feature's name, 'score', or the metric's name. */
  readonly subject: string;
  readonly segment: null | string;
  readonly model: string;
  readonly model_version: string;
  /** psi | kl | js | ks | chi2 | auc | ... */
  readonly statistic: string;
  readonly value: number;
  readonly threshold: number;
  readonly p_value: null | number;
  readonly sample_size: number;
  /** ISO 8601 duration, e.g. PT1H, P1D, P3M. */
  readonly window_size: string;
  readonly window_start: number;
  readonly window_end: number;
  /** The window's revision that the value comes from. */
  readonly revision: number;
  /** One sentence that a person can act on. */
  readonly message: string;
  /** ClickHouse SQL that re-derives the value. */
  readonly query: string;
  readonly runbook: null | string;
  /** When this alert began to fire; with alert_id it names one episode. */
  readonly episode_started_at: number;
  readonly raised_at: number;
  /** null: it is announced. The alert_id that speaks for it, or 'cool-down': it fired again soon after its resolve. */
  readonly silenced_by: null | string;
  /** The feature's share of the model's importance, 0 to 1; null for what is no feature. */
  readonly importance: null | number;
  /** Id of the silence (scoreline alerts silence) that held when this was published: a person wants nobody to be told. null: none held. */
  readonly silence: null | string;
}
