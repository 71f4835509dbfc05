// Generated from schemas/policy.schema.json by "npm run generate"; do not edit.

export type Duration = string;
export type ReferencePolicy = TrainingReference | RollingReference | SeasonReference;
/**
 * With fewer that hold leads the verdict is insufficient_data. Default half of windows: from there on most of them are known.
 */
export type MinimumWindows = number;
export type CheckPolicy = null | CheckLimit;
/**
 * By the time that the version has served; null: never by time alone.
 */
export type RetrainingSchedule = null | RetrainingTimes;
/**
 * Features whose PSI alert fires; null: not for drift.
 */
export type RetrainingDrift = null | RetrainingDriftLimits;
/**
 * By the newest mature cohort; null: not for performance.
 */
export type RetrainingPerformance = null | RetrainingPerformanceLimits;

/**
 * What a model's owners decided (models/<name>/policy.json): windows, thresholds, outcomes. Everything is optional; the defaults stand in core/policy/defaults.ts.
 */
export interface Policy {
  $schema?: string;
  /**
   * Which defaults stand where limits aren't given: strict calls drift from PSI .25 on (lax: .2) and more than 1 % errors critical (lax: 5 %). Default lax.
   */
  profile?: 'lax' | 'strict';
  windows?: WindowsPolicy;
  drift?: DriftPolicy;
  alerts?: AlertsPolicy;
  outcomes?: OutcomesPolicy;
  shadow?: ShadowPolicy;
  /**
   * What Production needs: a person's approval, or, automatic, a passed gate, which then approves by itself. Default required.
   */
  approval?: 'required' | 'automatic';
  gate?: GatePolicy;
  rollout?: RolloutPolicy;
  experiment?: ExperimentPolicy;
  retraining?: RetrainingPolicy;
  reports?: ReportsPolicy;
  operations?: OperationsPolicy;
  performance?: PerformancePolicy;
  cost?: CostPolicy;
  privacy?: PrivacyPolicy;
}
/**
 * Event-time windows, ISO 8601 durations.
 */
export interface WindowsPolicy {
  base?: Duration;
  /**
   * Sizes that get results. Default PT1H, P1D, P1W.
   *
   * @minItems 1
   */
  sizes?: Duration[];
  /**
   * Sizes that may alarm. Default: all of sizes.
   */
  alert_on?: Duration[];
  allowed_lateness?: Duration;
  idle_after?: Duration;
}
export interface DriftPolicy {
  /**
   * Below it the verdict is insufficient_data, but for shares. Default 200: in smaller windows chance passes PSI's limit too often.
   */
  minimum_sample?: number;
  shares?: SharesPolicy;
  /**
   * sampled: training saw a sample of the levels, so another one is news once that is no chance. complete: training knows them all, as of an enumeration, so the first lead with another one alarms if it passes new_category. Default sampled: free text and campaigns bring a rare level now and then.
   */
  levels?: 'sampled' | 'complete';
  /**
   * Significance level, after Benjamini-Hochberg. Default .01.
   */
  alpha?: number;
  /**
   * Statistics that alarm; the others are computed and stored. Default psi, ks, chi2, mahalanobis, weighted_share; shares (missing, new categories) always do.
   */
  alarm_on?: ('psi' | 'kl' | 'js' | 'wasserstein' | 'ks' | 'chi2' | 'mahalanobis' | 'weighted_share')[];
  psi?: Levels;
  kl?: Levels;
  js?: Levels;
  wasserstein?: Levels;
  ks?: Levels;
  chi2?: Levels;
  multivariate?: Levels;
  overall?: Levels;
  missing_rate?: Levels;
  new_category?: Levels;
  /**
   * Features that never alarm; their results are still computed.
   */
  ignore?: string[];
  reference?: ReferencePolicy;
  /**
   * Leads of each level of these features are watched by themselves too. Default none: each costs as much as all leads do, and most have too few for small windows.
   *
   * @maxItems 5
   */
  segments?: SegmentPolicy[];
}
/**
 * What is asked of missing values and new categories, whose test is exact in windows of any size and doesn't take a cycle for a drift as easily as that of a distribution does.
 */
export interface SharesPolicy {
  /**
   * Below it the verdict is insufficient_data. Default 20, or drift.minimum_sample if that is less: of fewer leads a single one is a share above 5 %.
   */
  minimum_sample?: number;
  /**
   * Significance level, after Benjamini-Hochberg. Default drift.alpha.
   */
  alpha?: number;
  /**
   * A share above its limit with an adjusted p below this fires at once. Default alerts.critical_p.
   */
  critical_p?: number;
}
/**
 * The practical limits of an effect.
 */
export interface Levels {
  warning: number;
  critical: number;
}
/**
 * The frozen reference of the model's package.
 */
export interface TrainingReference {
  kind: 'training';
}
/**
 * The latest windows of the same size.
 */
export interface RollingReference {
  kind: 'rolling';
  /**
   * How many; a whole week of them where leads differ by the day.
   */
  windows: number;
  /**
   * Windows left out right before. Default 2: none of the 3 windows that an alert looks at is compared with another.
   */
  gap?: number;
  minimum_windows?: MinimumWindows;
}
/**
 * Windows at the same place of the periods before: the same hour of the week, the same month of the year.
 */
export interface SeasonReference {
  kind: 'season';
  /**
   * A whole number of windows of each size.
   */
  period: 'P1D' | 'P1W' | 'P1Y';
  /**
   * How many periods back. Default 4: one that was unusual is seen as such beside three others.
   */
  windows?: number;
  minimum_windows?: MinimumWindows;
}
export interface SegmentPolicy {
  /**
   * A feature of levels, or of ten values at most, such as the lead's source.
   */
  feature: string;
  /**
   * Which levels. Default the largest of the training reference.
   *
   * @minItems 1
   */
  levels?: string[];
  /**
   * At most so many levels. Default 10: what is rarer seldom has enough leads to be judged by.
   */
  most?: number;
  reference?: ReferencePolicy;
}
export interface AlertsPolicy {
  /**
   * k of k-of-n: drifted windows before an alert fires. Default 2.
   */
  fire_after?: number;
  /**
   * n of k-of-n: the latest windows looked at. Default 3.
   */
  within?: number;
  /**
   * An effect above its limit with an adjusted p below this fires at once, as severe as it is. Default 1e-6: by chance about once in ten years of hourly windows.
   */
  critical_p?: number;
  /**
   * Windows in a row below the resolve level before an alert resolves. Default 2.
   */
  resolve_after?: number;
  /**
   * Hysteresis: the share of the warning level that a value must fall below. Default .8.
   */
  resolve_below?: number;
  cool_down?: Duration;
  /**
   * A feature whose share of the model's importance is below this alarms as info at most. Default .01: it can't turn many scores around.
   */
  minor_importance?: number;
  /**
   * Where runbooks are published; an alert's runbook is <runbook_url>/<signal>.md.
   */
  runbook_url?: string;
}
export interface OutcomesPolicy {
  horizon?: Duration;
  /**
   * What no outcome by the horizon means. Default unknown.
   */
  without_outcome?: 'negative' | 'unknown';
}
export interface ShadowPolicy {
  band_flip_share?: Levels;
}
/**
 * What a candidate has to show beside production before it may be promoted.
 */
export interface GatePolicy {
  minimum_time?: Duration;
  /**
   * Pairs, and for the improvement pairs with a mature label. Default 1000.
   */
  minimum_sample?: number;
  /**
   * Share of production's scores that the candidate has too. Default .99.
   */
  coverage?: number;
  /**
   * Relative to production's AUC; this or kpi_improvement is enough. Default .02.
   */
  auc_improvement?: number;
  /**
   * Relative: revenue (without values conversions) in the top decile. Default .05.
   */
  kpi_improvement?: number;
  /**
   * The candidate's p95 of inference time per lead by production's; under 1 ms it always passes. Default 5.
   */
  inference_ratio?: number;
}
/**
 * How a canary rises, and what it is measured by.
 */
export interface RolloutPolicy {
  /**
   * Rising shares; after the last one the version is promoted. Default 10 % for P1D, 50 % for P2D.
   *
   * @minItems 1
   */
  steps?: RolloutStepPolicy[];
  evaluate_every?: Duration;
  window?: Duration;
  /**
   * Leads of the canary below which a good value shows nothing. Default 200.
   */
  minimum_sample?: number;
  patience?: Duration;
  checks?: RolloutChecksPolicy;
}
export interface RolloutStepPolicy {
  /**
   * Of all leads.
   */
  share: number;
  duration: Duration;
}
/**
 * What is measured, each with its limit; null leaves it out.
 */
export interface RolloutChecksPolicy {
  error_rate?: CheckPolicy;
  latency?: CheckPolicy;
  kpi?: CheckPolicy;
  score_drift?: CheckPolicy;
  shadow_disagreement?: CheckPolicy;
  sample_ratio?: CheckPolicy;
}
export interface CheckLimit {
  limit: number;
  /**
   * A guardrail rolls back, a signal pauses for a person.
   */
  on_failure?: 'roll_back' | 'pause';
}
/**
 * How A/B tests are read.
 */
export interface ExperimentPolicy {
  /**
   * How often at most a difference is called where there is none, however often one looks. Default .05.
   */
  alpha?: number;
  /**
   * The relative difference of conversion that is worth finding. Default .1.
   */
  minimum_effect?: number;
  /**
   * Leads with an outcome of each version at which the always-valid bound is tightest. Default 10000.
   */
  planned_leads?: number;
}
/**
 * When a model is wished to be trained anew (retraining-requested).
 */
export interface RetrainingPolicy {
  /**
   * What a request is: a suggestion waits for a person, an order is for a trainer that listens. Default suggestion: nothing trains by itself before its owners want it to.
   */
  mode?: 'suggestion' | 'order';
  cool_down?: Duration;
  schedule?: RetrainingSchedule;
  drift?: RetrainingDrift;
  performance?: RetrainingPerformance;
  /**
   * Labels recorded since the version's training data ended, or since the last request; null: never. Default 5000.
   */
  new_labels?: null | number;
  /**
   * Whether a critical drift alert of features or predictions is a reason. Default true.
   */
  critical_drift?: boolean;
}
export interface RetrainingTimes {
  first_every?: Duration;
  first_for?: Duration;
  then_every?: Duration;
}
export interface RetrainingDriftLimits {
  /**
   * PSI in the newest window from which a feature counts. Default .25, what the field calls a major change: below, a model is watched, not replaced.
   */
  psi?: number;
  /**
   * Share of the model's importance that these features must carry together. Default .2: what moved without mattering is no reason.
   */
  importance?: number;
  lasting?: Duration;
}
export interface RetrainingPerformanceLimits {
  /**
   * An AUC below it is a reason; null: no absolute limit. Default .75, what the field calls acceptable.
   */
  auc_minimum?: null | number;
  /**
   * So is one that lies this far below the training's; null: not. Default .05.
   */
  auc_drop?: null | number;
  /**
   * Labels below which a cohort proves nothing. Default 500: the standard error of an AUC at a tenth of conversions is about .04 there.
   */
  minimum_labels?: number;
}
/**
 * The written report of a day and of a week.
 */
export interface ReportsPolicy {
  /**
   * When the report of the day before is written; null: never. Default 06:00: before the team's day begins, after the night's windows have closed.
   */
  daily?: null | string;
  /**
   * When the report of the week before, Monday to Sunday, is written; null: never. Default monday 06:00.
   */
  weekly?: null | string;
  /**
   * IANA time zone of the times above and of where a day begins. Default UTC.
   */
  time_zone?: string;
}
/**
 * Wall-clock windows.
 */
export interface OperationsPolicy {
  window?: Duration;
  latency_p95_ms?: Levels;
  error_share?: Levels;
  lag_seconds?: Levels;
  ahead_share?: Levels;
  silence_after?: Duration;
  /**
   * Events below which a wall-clock window has no verdict. Default 50.
   */
  minimum_sample?: number;
}
/**
 * How well the model does by what became of its leads: cohorts of leads scored in one window, once the outcome horizon has passed.
 */
export interface PerformancePolicy {
  /**
   * Sizes of cohorts, an hour or more. Default: the sizes of windows.alert_on from a day up, and P1D and P1M: days tell first, months are read by people.
   *
   * @minItems 1
   */
  windows?: Duration[];
  /**
   * Sizes that may alarm. Default: all of performance.windows, as a small cohort alarms only where it leaves no doubt.
   */
  alert_on?: Duration[];
  /**
   * Score at or above which a lead counts as predicted to convert, for precision, recall and F1. Default: the lower bound of the model's best band, the leads that are called first.
   */
  threshold?: number;
  /**
   * k of precision@k. Default 100: about what a team calls.
   */
  top_k?: number;
  /**
   * k of NDCG@k, for rankers. Default 10: a page of results.
   */
  ndcg_k?: number;
  /**
   * Leads with a label below which the verdict is insufficient_data. Default 200.
   */
  minimum_sample?: number;
  /**
   * Conversions, and leads that did not convert, below which AUC has no verdict. Default 20: with fewer its interval is wider than any drop worth an alarm.
   */
  minimum_class?: number;
  auc_drop?: Levels;
  /**
   * AUC significantly below it is critical, whatever training had. Default: none.
   */
  auc_minimum?: number;
  calibration?: Levels;
  business_drop?: Levels;
  /**
   * How many earlier cohorts of the same size that is. Default 12: a year of months.
   */
  compare_with?: number;
}
/**
 * What the machines of the scorer and the shadow cost, for a cost per 1,000 scores. Default: none, since a price is yours to know.
 */
export interface CostPolicy {
  /**
   * Price of one core for an hour of its time.
   */
  cpu_hour: number;
  /**
   * Price of a GiB held for an hour.
   */
  memory_gib_hour: number;
  /**
   * ISO 4217, e.g. EUR.
   */
  currency: string;
  per_thousand_scores?: Levels;
}
/**
 * What of a lead is written down beside its score.
 */
export interface PrivacyPolicy {
  /**
   * Whether score events carry the inputs that the model saw. left_out: they carry only the bins of the reference that these fall in, and drift of features is measured from bins alone (PSI and chi-squared, no Kolmogorov-Smirnov). Default written: an alarm can be looked into lead by lead, and KS sees what happens inside a bin.
   */
  inputs?: 'written' | 'left_out';
}
