// Generated from schemas/rollout-event.avsc by "npm run generate"; do not edit.
export type RolloutEventType = 'unknown' | 'started' | 'advanced' | 'paused' | 'resumed' | 'promoting' | 'completed' | 'rolled_back' | 'aborted';

export type RolloutKind = 'canary' | 'ab_test';

export interface RolloutVersion {
  readonly model: string;
  readonly version: string;
}

export interface RolloutTreatment {
  readonly model: string;
  readonly version: string;
  /** Of all leads, at a step of 1: 1 for a canary. */
  readonly share: number;
}

export interface RolloutStep {
  /** What each treatment's share is multiplied by. */
  readonly share: number;
  /** How long it is watched at least, pauses not counted. */
  readonly duration_ms: number;
}

export type OnFailure = 'roll_back' | 'pause';

export interface RolloutCheck {
  readonly name: string;
  readonly limit: number;
  /** A guardrail rolls back, a signal pauses for a person. */
  readonly on_failure: OnFailure;
}

export type WithoutOutcome = 'unknown' | 'negative';

/** Everything that the rollout goes by, fixed at its start: a policy that changes later changes nothing. */
export interface RolloutPlan {
  /** A canary rises by its steps and ends in Production; an A/B test keeps its shares until it is stopped. */
  readonly kind: RolloutKind;
  /** The production version at the start, which scores whatever no treatment does. */
  readonly control: RolloutVersion;
  /** One for a canary. */
  readonly treatments: readonly (RolloutTreatment)[];
  /** Rising; a canary is promoted after the last one. An A/B test has one, of share 1. */
  readonly steps: readonly (RolloutStep)[];
  /** What is measured, with its limit. */
  readonly checks: readonly (RolloutCheck)[];
  /** Leads of a treatment below which a good value shows nothing. */
  readonly minimum_sample: number;
  readonly evaluate_every_ms: number;
  /** Checks of the service look back this far, and never past the step's begin. */
  readonly window_ms: number;
  /** How long past its duration a step may stay inconclusive before it pauses for a person. */
  readonly patience_ms: number;
  /** Event time after which a lead's outcome counts as known. */
  readonly horizon_ms: number;
  /** What no outcome by the horizon means. */
  readonly without_outcome: WithoutOutcome;
  /** A/B: how often at most a difference is called where there is none. */
  readonly alpha: number;
  /** A/B: the relative difference of conversion that is worth finding. */
  readonly minimum_effect: number;
  /** A/B: leads with an outcome of each version at which the always-valid bound is tightest; fixed before the first. */
  readonly planned_leads: number;
}

/** A decision about a canary or an A/B test, on the topic rollouts (one partition, kept for ever). It counts only if the log stands at the revision that it expects and it is legal then; docs/rollouts.md has the rules. */
export interface RolloutEvent {
  /** UUID of this attempt: by it a writer finds its own event when it reads the topic back. */
  readonly event_id: string;
  /** The log's revision (number of accepted events) that the decision was made at. */
  readonly expected_revision: number;
  /** What was decided; unknown: a type that this reader doesn't know, which it ignores. */
  readonly type: RolloutEventType;
  /** The experiment_id of the scores that it assigns; part of what is hashed with the lead's id. */
  readonly rollout_id: string;
  /** started: what it goes by. */
  readonly plan: null | RolloutPlan;
  /** advanced: the step that begins, from 0. */
  readonly step: number;
  /** completed: the model registry's revision at which the version is in Production; started: the one that was looked at. */
  readonly registry_revision: null | number;
  /** Who decided; controller: the policy did. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
  /** JSON of the evaluation at the decision. */
  readonly evidence: null | string;
  readonly decided_at: number;
}
