import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { RolloutRefusalCode } from '@scoreline/core/rollout/command.ts';
import type { Rollout, RolloutState } from '@scoreline/core/rollout/state.ts';
import type { LifecycleRefusalCode } from '../model-lifecycle/outcome.ts';

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

export interface RolloutRefused {
  readonly ok: false;
  readonly code: RolloutServiceCode;
  /** What stands in the way, and what to do next. */
  readonly message: string;
  /** Everything that is wrong with a package, where that is why. */
  readonly problems: readonly PackageProblem[];
}

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

/** A refusal without problems of a package. */
export function refuseRollout(code: RolloutServiceCode, message: string): RolloutRefused {
  return { ok: false, code, message, problems: [] };
}
