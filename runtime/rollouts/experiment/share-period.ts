import type { Rollout } from '@scoreline/core/rollout/state.ts';

/** A time in which the shares were the same. */
export interface SharePeriod {
  readonly fromMs: number;
  /** Null: it goes on. */
  readonly toMs: number | null;
  /** What each treatment's share is multiplied by; > 0. */
  readonly share: number;
}

/** Rounding of shares that were given as decimals. */
const EPSILON = 1e-9;

/** The latest time in which treatments and the control had leads; where the control never had any, the latest at all. */
export function findPeriod({ plan, decisions, startedAtMs, endedAtMs }: Rollout): SharePeriod {
  const changes = decisions.filter(({ share }, i) => i === 0 || share !== decisions[i - 1]?.share);
  const periods = changes
    .map(({ atMs, share }, i) => ({ fromMs: atMs, toMs: changes[i + 1]?.atMs ?? endedAtMs, share }))
    .filter(({ share }) => share > 0);
  const treated = plan.treatments.reduce((sum, { share }) => sum + share, 0);
  const compared = periods.findLast(({ share }) => treated * share < 1 - EPSILON);
  return (
    compared ?? periods.at(-1) ?? { fromMs: startedAtMs, toMs: endedAtMs, share: plan.steps[0]?.share ?? 1 }
  );
}
