import { describeRollout } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import type { RolloutOutcome } from '@scoreline/runtime/rollouts/rollout-outcome.ts';
import { describeOutcome } from '../commands/describe-outcome.ts';

/** A decision's outcome for a person, or as JSON with the rollout after it. */
export function formatRolloutOutcome(outcome: RolloutOutcome, asJson: boolean): string[] {
  return asJson ? [JSON.stringify(toJson(outcome))] : describeOutcome(outcome);
}

function toJson(outcome: RolloutOutcome): object {
  if (!outcome.ok) return outcome;
  const { state, rollout, ...told } = outcome;
  return { ...told, revision: state.revision, rollout: describeRollout(rollout) };
}
