import type { RolloutPlan } from '../contracts/rollout-event.ts';
import type { Refusal } from '../decisions/decision.ts';

interface Decided {
  /** Who decides; not empty. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
  /** The revision that the decider looked at; where given, the command is refused at any other. */
  readonly expectedRevision?: number;
  /** JSON of the evaluation that was looked at. */
  readonly evidence?: string;
}

interface OfRollout extends Decided {
  readonly rolloutId: string;
}

/** What can be asked of the rollouts; one command makes one event at most. */
export type RolloutCommand =
  | (OfRollout & {
      readonly type: 'start';
      readonly plan: RolloutPlan;
      /** The model registry's, at which control and treatments were looked at. */
      readonly registryRevision?: number;
    })
  /** To the next step. */
  | (OfRollout & { readonly type: 'advance' })
  | (OfRollout & { readonly type: 'pause' })
  | (OfRollout & { readonly type: 'resume' })
  /** All leads at once; the version comes to Production next. Of a canary only. */
  | (OfRollout & { readonly type: 'promote' })
  /** The version is in Production, as of this revision of the model registry. */
  | (OfRollout & { readonly type: 'complete'; readonly registryRevision: number })
  /** By a guardrail: production scores every lead again. */
  | (OfRollout & { readonly type: 'roll_back' })
  /** By a person, or since what it stands on is gone. */
  | (OfRollout & { readonly type: 'abort' });

/** Why a decision isn't taken; stable, to be matched by programs. */
export type RolloutRefusalCode =
  'conflict' | 'rollout.active' | 'rollout.unknown' | 'rollout.ended' | 'step.illegal' | 'event.invalid';

export type RolloutRefusal = Refusal<RolloutRefusalCode>;
