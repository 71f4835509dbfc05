import type { RolloutEvent, RolloutPlan } from '../../contracts/rollout-event.ts';
import type { RolloutCommand } from '../command.ts';
import { decide } from '../decide.ts';
import { evolve } from '../evolve.ts';
import type { Stage } from '../../registry/state.ts';
import type { VersionRef } from '../../registry/version-ref.ts';
import type { RegistryFacts } from '../stand.ts';
import { NO_ROLLOUTS, type RolloutState } from '../state.ts';

export const CONTROL = 'bank-leads@1.0.0';
export const CANARY = 'bank-leads@1.1.0';
export const DAY_MS = 86_400_000;

/** A registry in which what a rollout of this room stands on holds. */
export const REGISTRY: RegistryFacts = {
  revision: 5,
  production: CONTROL,
  versions: new Map([
    [CONTROL, { stage: 'production', stageRevision: 3 }],
    [CANARY, { stage: 'staging', stageRevision: 4 }],
    ['bank-leads@1.2.0', { stage: 'staging', stageRevision: 5 }],
  ]),
};

/** The same with another stage of some versions. */
export function registryWith(
  change: Partial<RegistryFacts>,
  ...stages: readonly (readonly [VersionRef, Stage, number])[]
): RegistryFacts {
  const versions = new Map(REGISTRY.versions);
  for (const [ref, stage, stageRevision] of stages) versions.set(ref, { stage, stageRevision });
  return { ...REGISTRY, ...change, versions };
}

/** Ten percent for a day, half for two, then all. */
export const CANARY_PLAN: RolloutPlan = {
  kind: 'canary',
  control: { model: 'bank-leads', version: '1.0.0' },
  treatments: [{ model: 'bank-leads', version: '1.1.0', share: 1 }],
  steps: [
    { share: 0.1, duration_ms: DAY_MS },
    { share: 0.5, duration_ms: 2 * DAY_MS },
  ],
  checks: [{ name: 'error_rate', limit: 0.02, on_failure: 'roll_back' }],
  minimum_sample: 200,
  evaluate_every_ms: 3_600_000,
  window_ms: 3_600_000,
  patience_ms: DAY_MS,
  horizon_ms: 30 * DAY_MS,
  without_outcome: 'unknown',
  alpha: 0.05,
  minimum_effect: 0.1,
  planned_leads: 10_000,
};

/** Two versions beside production, a quarter of the leads each. */
export const AB_PLAN: RolloutPlan = {
  ...CANARY_PLAN,
  kind: 'ab_test',
  treatments: [
    { model: 'bank-leads', version: '1.1.0', share: 0.25 },
    { model: 'bank-leads', version: '1.2.0', share: 0.25 },
  ],
  steps: [{ share: 1, duration_ms: 0 }],
};

const decided = { rolloutId: 'r1', actor: 'anna', reason: 'because' };
export const start = (plan: RolloutPlan = CANARY_PLAN): RolloutCommand & { readonly type: 'start' } => ({
  ...decided,
  type: 'start',
  plan,
  registryRevision: 5,
});
export const of = (
  type: 'advance' | 'pause' | 'resume' | 'promote' | 'roll_back' | 'abort',
): RolloutCommand => ({
  ...decided,
  type,
});
export const complete = (registryRevision = 9): RolloutCommand => ({
  ...decided,
  type: 'complete',
  registryRevision,
});

/** The state after these commands, an hour apart from time 0, each of which must be accepted. */
export function given(...commands: readonly RolloutCommand[]): RolloutState {
  return commands.reduce((state, command) => evolveOrThrow(state, eventOf(state, command)), NO_ROLLOUTS);
}

/** The event that a command comes to; a refusal is an error. */
export function eventOf(state: RolloutState, command: RolloutCommand): RolloutEvent {
  const decision = decide(state, command, {
    nowMs: 3_600_000 * state.revision,
    eventId: `e${state.revision}`,
  });
  if (!decision.ok || decision.event === null) throw new Error(`no event: ${decision.message}`);
  return decision.event;
}

function evolveOrThrow(state: RolloutState, event: RolloutEvent): RolloutState {
  const evolution = evolve(state, event);
  if (!evolution.accepted) throw new Error(evolution.reason);
  return evolution.state;
}
