import type { RetrainingMode, TrainingWindow } from '../contracts/retraining-requested.ts';
import type { Refusal } from '../decisions/decision.ts';
import type { NamedReason } from './strength.ts';

/** A training that is asked for; one command makes one event at most. */
export interface RetrainingCommand {
  readonly model: string;
  readonly modelVersion: string;
  readonly mode: RetrainingMode;
  /** In any order; at least one. */
  readonly reasons: readonly NamedReason[];
  /** POLICY, or the person who asks; a person is not held by a cool-down. */
  readonly requestedBy: string;
  readonly coolDownMs: number;
  readonly trainingWindow: TrainingWindow | null;
  /** The revision that the decider looked at; where given, the command is refused at any other. */
  readonly expectedRevision?: number;
}

/** Why a request isn't made; stable, to be matched by programs. */
export type RetrainingRefusalCode = 'conflict' | 'cool_down' | 'event.invalid';

export type RetrainingRefusal = Refusal<RetrainingRefusalCode>;
