// Generated from schemas/retraining-requested.avsc by "npm run generate"; do not edit.
export type RetrainingMode = 'suggestion' | 'order';

export interface RetrainingReason {
  /** schedule | new_labels | drift | performance | critical_drift | manual */
  readonly reason: string;
  /** The evidence in words; of a person, why. */
  readonly detail: string;
  /** What was measured; null for a person's reason. */
  readonly value: null | number;
  /** The policy's limit that it passed. */
  readonly threshold: null | number;
  /** Rows behind the value; null where none are counted. */
  readonly sample_size: null | number;
  readonly window_start: null | number;
  readonly window_end: null | number;
  /** ClickHouse SQL that re-derives the value. */
  readonly query: null | string;
}

/** What there is to learn from. */
export interface TrainingWindow {
  /** When the CRM recorded the oldest label. */
  readonly labels_from: number;
  /** When it recorded the newest. */
  readonly labels_to: number;
  /** Leads of this model with a known outcome. */
  readonly labels: number;
  /** Of these, converted. */
  readonly positives: number;
  /** Of these, recorded since the version was trained, or since the last request. */
  readonly new_labels: number;
}

/** A wish to train a model anew, on the topic retraining-requested (one partition, kept for ever). It counts only if the log stands at the revision that it expects and it is legal then; docs/retraining.md has the rules. */
export interface RetrainingRequested {
  /** UUID of this attempt: by it a writer finds its own event when it reads the topic back. */
  readonly event_id: string;
  /** The log's revision (number of accepted events) that the decision was made at. */
  readonly expected_revision: number;
  /** Stable: '<model>-<n>', the model's n-th request. */
  readonly request_id: string;
  readonly model: string;
  /** The version in production when it was asked for: what the evidence is about. */
  readonly model_version: string;
  /** A suggestion waits for a person; an order is for a trainer that listens. */
  readonly mode: RetrainingMode;
  /** Everything that speaks for it, the strongest first. */
  readonly reasons: readonly (RetrainingReason)[];
  /** Whether it came in the cool-down of an earlier suggestion, for a stronger reason; it can't be passed in turn. */
  readonly passed_cool_down: boolean;
  /** 'policy', or the person. */
  readonly requested_by: string;
  readonly requested_at: number;
  /** Until then the policy asks for no other training of this model. */
  readonly cool_down_until: number;
  /** A hint for the trainer; null where there is no label, or ClickHouse could not be asked. */
  readonly training_window: null | TrainingWindow;
}
