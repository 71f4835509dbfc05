import type { Calibration } from './calibration.ts';
import type { PairComparison } from './compare-pairs.ts';

/** A model version. */
export interface Version {
  readonly model: string;
  readonly version: string;
}

/** Whose scores stand beside production's: the live shadow's, or those of one backtest. */
export interface Candidate extends Version {
  readonly role: 'shadow' | 'backtest';
  /** The backtest's run; null for the shadow. */
  readonly runId: string | null;
}

/** Why a score of production has no pair. */
export interface Unpaired {
  /** Dead letters of the candidate. */
  readonly deadLettered: number;
  /** The candidate has not come that far yet. */
  readonly shadowLag: number;
  /** The candidate has dealt with it, ClickHouse doesn't hold it yet. */
  readonly notIngested: number;
  /** None of these: it should be there. */
  readonly unexplained: number;
}

/** Middle and tail of a distribution. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How fast one side answered, on the pairs. */
export interface Speed {
  /** A batch's inference time by its leads; null where no score says. */
  readonly inferenceUs: Quantiles | null;
  /** From the lead event's Kafka timestamp to its score; null of a backtest, which scores leads of long ago. */
  readonly latencyMs: Quantiles | null;
}

/** Lead events that a side could not score, within the candidate's range. */
export interface Failures {
  readonly count: number;
  readonly codes: readonly { readonly code: string; readonly count: number }[];
}

/**
 * A candidate beside production on the same lead events: pairs are joined on where the event stands. What there is
 * nothing to say of is null. Shares are 0…1.
 */
export interface ShadowReport {
  readonly candidate: Candidate;
  /** The version that is compared with; null where nothing has served. */
  readonly production: Version | null;
  /** Event time of the pairs, ISO 8601; null without pairs. */
  readonly period: { readonly from: string; readonly to: string; readonly days: number } | null;
  readonly coverage: {
    /** Production's scores within the candidate's range: what it should have. */
    readonly production: number;
    readonly pairs: number;
    /** Pairs by production's scores; null where production has none. */
    readonly share: number | null;
    readonly unpaired: Unpaired;
    /** Production's scores from before the candidate's range; they count for nothing. */
    readonly beforeStart: number;
  };
  readonly failures: { readonly production: Failures; readonly candidate: Failures };
  readonly speed: { readonly production: Speed; readonly candidate: Speed } | null;
  readonly agreement: {
    readonly meanDifference: number;
    readonly meanAbsoluteDifference: number;
    readonly maxAbsoluteDifference: number;
    readonly bandFlipShare: number;
    /** The band-flip matrix: pairs by production's band and the candidate's, both equal included. */
    readonly bands: readonly {
      readonly production: string;
      readonly candidate: string;
      readonly count: number;
    }[];
  } | null;
  readonly labels: {
    /** Pairs whose outcome has had its time. */
    readonly mature: number;
    /** Of these, pairs whose label is known. */
    readonly labelled: number;
    readonly conversions: number;
    /** Null where no outcome has a value. */
    readonly revenue: number | null;
  };
  /** Of the labelled pairs; null for other tasks than classification. */
  readonly calibration: { readonly production: Calibration; readonly candidate: Calibration } | null;
  /** What needs the pairs themselves, not their sums. */
  readonly comparison: PairComparison | null;
  /** Pairs that `comparison` was made of: all, or an even sample of them. */
  readonly sample: { readonly pairs: number; readonly of: number };
}
