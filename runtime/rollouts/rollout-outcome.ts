import type { RolloutRefusalCode } from '@scoreline/core/rollout/command.ts';
import type { Rollout, RolloutState } from '@scoreline/core/rollout/state.ts';
import type { LifecycleRefusalCode, Refused } from '../model-lifecycle/outcome.ts';

/** Stable, to be matched by programs; what is wrong with a version has the model lifecycle's own codes. */
export type RolloutServiceCode =
  | RolloutRefusalCode
  | LifecycleRefusalCode
  /** No rollout is active, and none was named. */
  | 'rollout.none'
  /** An A/B test was meant, or a canary. */
  | 'rollout.other_kind'
  /** What fails takes it back: it can't be promoted. */
  | 'guardrail.failing'
  /** There is nothing to compare with. */
  | 'production.missing';

export type RolloutRefused = Refused<RolloutServiceCode>;

/** What became of a person's decision about a rollout. */
export type RolloutOutcome =
  | {
      readonly ok: true;
      /** False: things were as asked already. */
      readonly changed: boolean;
      readonly message: string;
      readonly rollout: Rollout;
      readonly state: RolloutState;
      readonly warnings: readonly string[];
    }
  | RolloutRefused;
