import type { RolloutEventType, RolloutPlan } from '../contracts/rollout-event.ts';

/** A canary or an A/B test; ended ones assign nothing any more. */
export interface Rollout {
  /** The `experiment_id` of the scores that it assigns. */
  readonly id: string;
  readonly plan: RolloutPlan;
  readonly status: RolloutStatus;
  /** Index of the present step of the plan. */
  readonly step: number;
  /** What each treatment’s share is multiplied by now: the step’s, 1 once it is promoting, 0 after its end. */
  readonly share: number;
  /** Since when the share is what it is. */
  readonly shareSinceMs: number;
  /** How long the step ran before `runningSinceMs`: pauses don't count. */
  readonly ranMs: number;
  /** Null while it stands still. */
  readonly runningSinceMs: number | null;
  /** `ranMs` when a person last let it go on: patience with what is inconclusive begins anew there. */
  readonly patientFromRanMs: number;
  /** Failed signals that a person has seen and let it go on with, at this share: '<check> <version>'. */
  readonly waived: readonly string[];
  /** What it goes on with after a pause. */
  readonly pausedFrom: 'running' | 'promoting';
  readonly startedAtMs: number;
  /** The registry's revision that was looked at for the start; null where the start doesn't say. */
  readonly startedAtRegistryRevision: number | null;
  readonly endedAtMs: number | null;
  /** The registry's revision at which its version came to Production; null before. */
  readonly registryRevision: number | null;
  /** Everything that was decided about it, oldest first. */
  readonly decisions: readonly RolloutDecision[];
}

/** `running`, `paused` and `promoting` assign leads; the others have ended. */
export type RolloutStatus = 'running' | 'paused' | 'promoting' | 'completed' | 'rolled_back' | 'aborted';

/** An accepted event. */
export interface RolloutDecision {
  readonly type: RolloutEventType;
  readonly step: number;
  readonly share: number;
  readonly actor: string;
  readonly reason: string;
  /** JSON of the evaluation that it was decided on; null where there was none. */
  readonly evidence: string | null;
  readonly atMs: number;
  /** The log's revision after it. */
  readonly revision: number;
}

/** One log of rollouts per stream (topic prefix), a fold of {@link evolve} over the topic `rollouts`. */
export interface RolloutState {
  /** How many events have been accepted: what the next decision must expect. */
  readonly revision: number;
  /** By id, in the order of their start. */
  readonly rollouts: ReadonlyMap<string, Rollout>;
  /** The newest, ended or not. At most one assigns leads at a time. */
  readonly latest: Rollout | null;
}

/** The actor of what the policy decides; every other one is a person. */
export const CONTROLLER = 'controller';

/** Before the first event. */
export const NO_ROLLOUTS: RolloutState = { revision: 0, rollouts: new Map(), latest: null };

/** The rollout that assigns leads now; null where none does. */
export function activeRollout({ latest }: RolloutState): Rollout | null {
  return latest !== null && isActive(latest) ? latest : null;
}

/** Whether it assigns leads. */
export function isActive({ status }: Rollout): boolean {
  return status === 'running' || status === 'paused' || status === 'promoting';
}

/** How long the present step has run, in milliseconds; pauses don't count. */
export function stepRanMs({ ranMs, runningSinceMs }: Rollout, nowMs: number): number {
  return ranMs + (runningSinceMs === null ? 0 : Math.max(0, nowMs - runningSinceMs));
}
