import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import { type NextAction, nextAction } from '@scoreline/core/rollout/next-action.ts';
import { isActive, type Rollout, type RolloutState } from '@scoreline/core/rollout/state.ts';
import { trafficOf } from '@scoreline/core/rollout/traffic.ts';
import type { ControllerPresence } from './controller-probe.ts';
import type { RolloutServiceDeps } from './rollout-deps.ts';

/** How a rollout stands, measured now. */
export interface RolloutStanding {
  readonly atMs: number;
  /** Of the rollouts' log: what a decision made on this may expect. */
  readonly revision: number;
  readonly rollout: Rollout;
  /** Which version scores what share of all leads, production included; what both logs come to now. */
  readonly traffic: readonly VersionShare[];
  /** Null once it has ended. */
  readonly evaluation: Evaluation | null;
  /** What the policy makes of it: what a controller does, or why nothing is to be done yet. */
  readonly next: NextAction;
  readonly controller: ControllerPresence;
}

export interface VersionShare {
  readonly ref: VersionRef;
  readonly share: number;
}

/** Measures a rollout and asks for its controllers. Both logs must have been read to their ends. */
export async function standingOf(
  { measure, probeController, nowMs }: RolloutServiceDeps,
  rollout: Rollout,
  { rollouts, registry }: { readonly rollouts: RolloutState; readonly registry: RegistryState },
): Promise<RolloutStanding> {
  const [evaluation, controller] = await Promise.all([
    isActive(rollout) ? measure(rollout, nowMs()) : null,
    probeController(),
  ]);
  const atMs = nowMs();
  return {
    atMs,
    revision: rollouts.revision,
    rollout,
    traffic: sharesOf(rollouts, registry),
    evaluation,
    next: nextAction(rollout, registry, evaluation, atMs),
    controller,
  };
}

function sharesOf(rollouts: RolloutState, registry: RegistryState): VersionShare[] {
  const { production, treatments } = trafficOf(rollouts, registry);
  const tried = treatments.map(({ ref, from, to }) => ({ ref, share: to - from }));
  const rest = 1 - tried.reduce((sum, { share }) => sum + share, 0);
  return production === null ? tried : [{ ref: production, share: Math.max(0, rest) }, ...tried];
}
