import type { RetrainingReason } from '../contracts/retraining-requested.ts';

/**
 * Reasons from the weakest to the strongest: time passes for every model; labels are material, not need; drift says
 * that the world has moved, performance that the model no longer follows it; beyond a critical drift stands a person.
 */
export const REASONS = [
  'schedule',
  'new_labels',
  'drift',
  'performance',
  'critical_drift',
  'manual',
] as const;

export type ReasonName = (typeof REASONS)[number];

/** A reason of this project's own making. */
export type NamedReason = RetrainingReason & { readonly reason: ReasonName };

/** How strong a reason is; one that isn't known, by a newer writer, is weaker than all. */
export function strengthOf({ reason }: RetrainingReason): number {
  return (REASONS as readonly string[]).indexOf(reason);
}

/** Of several the strongest; −∞ for none. */
export function greatestStrength(reasons: readonly RetrainingReason[]): number {
  return Math.max(-Infinity, ...reasons.map(strengthOf));
}

/** The strongest first. */
export function strongestFirst(reasons: readonly NamedReason[]): readonly NamedReason[] {
  return reasons.toSorted((a, b) => strengthOf(b) - strengthOf(a));
}
