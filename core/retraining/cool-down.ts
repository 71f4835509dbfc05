import type { RetrainingReason, RetrainingRequested } from '../contracts/retraining-requested.ts';
import { latestRequest, type RetrainingState } from './state.ts';
import { greatestStrength } from './strength.ts';

/**
 * How the policy's wish stands to the cool-down of the model's newest request: `free` (there is none now), `passes`
 * (the request was a suggestion for weaker reasons and nothing has passed it yet) or `held`.
 */
export type CoolDown =
  | { readonly kind: 'free' }
  | { readonly kind: 'passes'; readonly earlier: RetrainingRequested }
  | { readonly kind: 'held'; readonly earlier: RetrainingRequested };

/** Weighs reasons against the cool-down that runs at `nowMs`. */
export function weighCoolDown(
  state: RetrainingState,
  model: string,
  { reasons, nowMs }: { readonly reasons: readonly RetrainingReason[]; readonly nowMs: number },
): CoolDown {
  const earlier = latestRequest(state, model);
  if (earlier === undefined || nowMs >= earlier.cool_down_until) return { kind: 'free' };
  const isStronger = greatestStrength(reasons) > greatestStrength(earlier.reasons);
  const mayPass = earlier.mode === 'suggestion' && !earlier.passed_cool_down && isStronger;
  return { kind: mayPass ? 'passes' : 'held', earlier };
}
