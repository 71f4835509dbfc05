/** A measured fact with the ClickHouse SQL that gives its value. */
interface Queried {
  readonly query: string;
}

/** What is known of a version in production when the policy looks whether it should be trained anew. */
export interface RetrainingFacts {
  readonly servingSinceMs: number | null;
  /** Of the training's hold-out rows; null where the package doesn't say. */
  readonly trainedAuc: number | null;
  /** Features whose PSI alert fires now, each in its newest window; a feature may come in several window sizes. */
  readonly drifted: readonly DriftedFeature[];
  /** The newest mature cohort with an AUC; null where there is none. */
  readonly cohort: MatureCohort | null;
  /** Labels recorded since the training data ended, or since the last request. */
  readonly newLabels: (Queried & { readonly count: number; readonly sinceMs: number }) | null;
  /** Critical alerts of features and predictions that fire now. */
  readonly criticalAlerts: readonly CriticalAlert[];
}

export interface DriftedFeature extends Queried {
  readonly feature: string;
  /** Share of the model's importance, 0…1. */
  readonly importance: number;
  readonly psi: number;
  readonly sampleSize: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** Start of the window that made the alert fire, event time. */
  readonly driftingSinceMs: number;
}

export interface MatureCohort extends Queried {
  readonly auc: number;
  /** Bounds of its 95 % interval; null where none is known. */
  readonly low: number | null;
  readonly high: number | null;
  readonly labels: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

export interface CriticalAlert extends Queried {
  readonly message: string;
  readonly value: number;
  readonly threshold: number;
  readonly sampleSize: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}
