import type { Version } from '../shadow/report.ts';

/** Σx and Σx² over the leads of an arm, those that brought nothing included as 0. */
export interface RevenueSums {
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What is known of one arm. A lead is counted once, in the arm that it was assigned to, whoever scored it. */
export interface Arm extends Version {
  /** Planned, of the test's leads; > 0. Scaled where the arms' shares don't sum to 1. */
  readonly share: number;
  /** One arm of a test is: the others are compared with it. */
  readonly isControl: boolean;
  /** Leads assigned and scored so far. */
  readonly exposed: number;
  /**
   * Of these, the mature leads: their outcome has had its time and is known. Conversion and revenue are measured on
   * them. Where only successes are ever reported, no outcome in time has to count as a failure, or all would convert.
   */
  readonly leads: number;
  /** Of the mature leads. */
  readonly conversions: number;
  /** Of the mature leads; null where outcomes carry no value. */
  readonly revenue: RevenueSums | null;
  /** Of the exposed leads, those that the arm's version could not score. */
  readonly failures: number;
}

/** What was decided before the first lead, and how fast leads come. */
export interface ExperimentPlan {
  /** The relative difference of conversion that is worth finding; > 0. */
  readonly minimumEffect: number;
  /** How often at most a difference is called where there is none, however often one looks. Default .05. */
  readonly alpha?: number;
  /** Mature leads per arm that the bound is tightest at. From what was known at the start, and never changed. */
  readonly plannedLeadsPerArm: number;
  readonly startedAtMs: number;
  /** Of all arms together; null where none can be told yet. */
  readonly leadsPerDay: number | null;
}
