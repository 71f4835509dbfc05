import type { Rollout } from '../state.ts';

/** How likely a lead that came at a time was to be assigned to a treatment of a rollout, or to its control. */
export interface AssignmentOdds {
  readonly treatment: number;
  readonly control: number;
}

/** Tells the odds of each moment of a rollout, for a treatment with this share of the leads at a step of 1. */
export function createOddsAt(
  { plan, decisions }: Rollout,
  treatmentShare: number,
): (atMs: number) => AssignmentOdds {
  const all = plan.treatments.reduce((sum, { share }) => sum + share, 0);
  return (atMs) => {
    const share = decisions.findLast((decision) => decision.atMs <= atMs)?.share ?? plan.steps[0]?.share ?? 0;
    return { treatment: treatmentShare * share, control: 1 - all * share };
  };
}
