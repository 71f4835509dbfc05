import type { ReportScope } from './report.ts';

/** What a query answered, with itself. */
export interface Answer<R> {
  /** `Q1`. */
  readonly name: string;
  readonly about: string;
  readonly sql: string;
  readonly rows: readonly R[];
}

/** Everything that a report is made of, as ClickHouse gives it. Shares are 0…1, times epoch milliseconds. */
export interface ReportFacts {
  readonly scope: ReportScope;
  readonly versions: Answer<VersionFact>;
  readonly overTime: Answer<TimeFact>;
  /** By event time nothing is known of these. */
  readonly service: Answer<ServiceFact> | null;
  readonly deadLetters: Answer<DeadLetterFact> | null;
  readonly cost: Answer<CostFact> | null;
  readonly bands: Answer<ShareFact>;
  readonly scores: Answer<ShareFact>;
  readonly drift: Answer<DriftFact>;
  readonly verdicts: Answer<VerdictFact>;
  readonly alerts: Answer<AlertFact>;
  readonly performance: Answer<PerformanceFact>;
  readonly business: Answer<BusinessFact>;
  readonly candidates: Answer<CandidateFact>;
  readonly rollouts: Answer<RolloutFact>;
  readonly retraining: Answer<RetrainingFact>;
}

export interface VersionFact {
  readonly version: string;
  readonly role: string;
  readonly leads: number;
  readonly meanScore: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
}

export interface TimeFact {
  readonly startMs: number;
  readonly leads: number;
}

export interface ServiceFact {
  readonly leads: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface DeadLetterFact {
  readonly code: string;
  readonly count: number;
}

/** What the machines that serve all models cost; nothing where the policy has no price. */
export interface CostFact {
  readonly currency: string;
  readonly cost: number;
  readonly scored: number;
}

/** A band, or a bin of the score: leads in it, and rows of the reference. */
export interface ShareFact {
  readonly label: string;
  readonly leads: number;
  readonly reference: number;
}

/** The worst window of one subject by one statistic. */
export interface DriftFact {
  readonly signal: string;
  readonly subject: string;
  readonly statistic: string;
  readonly value: number;
  readonly threshold: number;
  readonly sampleSize: number;
  readonly size: string;
  readonly startMs: number;
  readonly verdict: string;
  readonly detail: string;
  /** The feature's share of the model's importance; null: no feature, or not known. */
  readonly importance: number | null;
  /** Windows that were judged, and those of them that drifted. */
  readonly judged: number;
  readonly drifted: number;
}

export interface VerdictFact {
  readonly size: string;
  readonly verdict: string;
  readonly windows: number;
}

export interface AlertFact {
  readonly state: string;
  readonly severity: string;
  readonly signal: string;
  readonly subject: string;
  readonly version: string;
  readonly message: string;
  readonly runbook: string | null;
  readonly raisedAtMs: number;
  readonly isSilenced: boolean;
}

/** A mature cohort. */
export interface PerformanceFact {
  readonly version: string;
  readonly role: string;
  readonly size: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly labels: number;
  readonly unknown: number;
  readonly conversions: number;
  readonly expected: number;
  readonly auc: number | null;
  readonly aucLow: number | null;
  readonly aucHigh: number | null;
  /** What the scores let expect before the labels came. */
  readonly estimatedAuc: number | null;
  readonly brier: number | null;
  readonly lift: number | null;
  readonly revenuePerLead: number | null;
  readonly closeTimeMs: number | null;
  /** Conversions by those expected. */
  readonly ratio: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
}

/** A band of the newest mature cohort. */
export interface BusinessFact {
  readonly band: string;
  readonly leads: number;
  readonly conversion: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface CandidateFact {
  readonly candidate: string;
  readonly pairs: number;
  readonly production: number;
  readonly meanDifference: number | null;
  readonly maxDifference: number | null;
  readonly bandFlips: number;
}

export interface RolloutFact {
  readonly id: string;
  readonly type: string;
  readonly share: number | null;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface RetrainingFact {
  readonly id: string;
  readonly mode: string;
  readonly requestedBy: string;
  readonly version: string;
  readonly details: readonly string[];
  readonly atMs: number;
}
