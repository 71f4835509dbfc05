// Generated from schemas/lead-scored.avsc by "npm run generate"; do not edit.
export type Role = 'production' | 'canary' | 'shadow' | 'backtest';

export interface Reason {
  readonly feature: string;
  readonly value: null | number | string;
  /** Signed, in the score's log-odds for classifiers, in score units otherwise. */
  readonly contribution: number;
}

export interface Source {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Kafka's timestamp of the lead event. */
  readonly timestamp: number;
}

/** One score of one lead event by one model version. Identity: (source, model, model_version, role, run_id). Topics lead-scores (production, canary) and lead-shadow-scores (shadow, backtest); key: lead_id as UTF-8; partition: the source's. */
export interface LeadScored {
  /** Id of the lead event; where the event carries none, '<topic>-<partition>-<offset>' of it. */
  readonly event_id: string;
  readonly lead_id: string;
  /** The query or list that a ranker orders within. */
  readonly group_id: null | string;
  readonly model: string;
  readonly model_version: string;
  /** A reader that doesn't know a later symbol reads it as shadow, never as production. */
  readonly role: Role;
  /** The backtest's run; null elsewhere. */
  readonly run_id: null | string;
  /** The rollout or A/B test that assigned the version. */
  readonly experiment_id: null | string;
  /** The version that the experiment assigned, where it could not score the lead and this one did instead. */
  readonly fallback_from: null | string;
  /** Why it could not, as a dead letter's dlq.error.code; with fallback_from. */
  readonly fallback_code: null | string;
  /** Calibrated probability in [0, 1] for classifiers; the model's own scale for regressors and rankers. Always finite. */
  readonly score: number;
  /** The band of the model's manifest that the score falls in. */
  readonly band: string;
  /** Largest contributions first; empty where the model gives none. */
  readonly reasons: readonly (Reason)[];
  /** What the model saw, in the manifest's feature order, before encoding; null is missing. Empty where the policy leaves inputs out. */
  readonly inputs: readonly (null | number | string)[];
  /** Index of each feature's reference bin, in the manifest's order; enough for drift where inputs are left out by policy. */
  readonly bins: readonly (number)[];
  readonly event_time: number;
  readonly scored_at: number;
  /** The batch's inference time divided by its rows, in microseconds. */
  readonly inference_us: null | number;
  /** Where the lead event stands. */
  readonly source: Source;
}
