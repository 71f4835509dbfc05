import type { RolloutEvent, RolloutEventType } from '../contracts/rollout-event.ts';
import { type Evolution, evolveChecked } from '../decisions/decision.ts';
import { checkEvent } from './check-event.ts';
import type { RolloutRefusalCode } from './command.ts';
import { readFailedSignals } from './evaluation.ts';
import { CONTROLLER, type Rollout, type RolloutDecision, type RolloutState, stepRanMs } from './state.ts';

/** Folds one event into the rollouts. An event that doesn't count changes nothing, whoever wrote it. */
export function evolve(
  state: RolloutState,
  event: RolloutEvent,
): Evolution<RolloutState, RolloutRefusalCode> {
  return evolveChecked(state, event, checkEvent, applyEvent);
}

/** What an event that is legal makes of a state whose revision it has already been given. */
function applyEvent(state: RolloutState, event: RolloutEvent): RolloutState {
  const before = state.rollouts.get(event.rollout_id);
  const changed = event.type === 'started' ? start(event) : before && change(before, event);
  if (changed === undefined) return state;
  const rollout = { ...changed, decisions: [...changed.decisions, toDecision(state, changed, event)] };
  return { ...state, rollouts: new Map(state.rollouts).set(rollout.id, rollout), latest: rollout };
}

function start({
  rollout_id: id,
  plan,
  registry_revision: startedAtRegistryRevision,
  decided_at: atMs,
}: RolloutEvent): Rollout | undefined {
  if (plan === null) return undefined;
  return {
    id,
    plan,
    status: 'running',
    step: 0,
    share: plan.steps[0]?.share ?? 0,
    shareSinceMs: atMs,
    ranMs: 0,
    runningSinceMs: atMs,
    patientFromRanMs: 0,
    waived: [],
    pausedFrom: 'running',
    startedAtMs: atMs,
    startedAtRegistryRevision,
    endedAtMs: null,
    registryRevision: null,
    decisions: [],
  };
}

function change(rollout: Rollout, event: RolloutEvent): Rollout {
  const { type } = event;
  return type === 'unknown' || type === 'started'
    ? rollout
    : { ...rollout, ...EFFECTS[type](rollout, event) };
}

type Effect = (rollout: Rollout, event: RolloutEvent) => Partial<Rollout>;

const EFFECTS: Record<Exclude<RolloutEventType, 'unknown' | 'started'>, Effect> = {
  advanced: ({ plan, share }, { step, decided_at: atMs }) => ({
    ...withShare(plan.steps[step]?.share ?? share, atMs),
    status: 'running',
    step,
  }),
  paused: (rollout, { decided_at: atMs }) => ({
    status: 'paused',
    pausedFrom: rollout.status === 'promoting' ? 'promoting' : 'running',
    ranMs: stepRanMs(rollout, atMs),
    runningSinceMs: null,
  }),
  resumed: ({ pausedFrom, ranMs, waived, decisions }, { decided_at: atMs }) => ({
    status: pausedFrom,
    runningSinceMs: atMs,
    patientFromRanMs: ranMs,
    // What it was paused for has been seen; what fails later has not.
    waived: [...waived, ...readFailedSignals(decisions.at(-1)?.evidence ?? null)],
  }),
  promoting: (_rollout, { decided_at: atMs, actor, evidence }) => ({
    ...withShare(1, atMs),
    status: 'promoting',
    waived: actor === CONTROLLER ? [] : readFailedSignals(evidence),
  }),
  completed: (rollout, event) => ({
    ...end('completed')(rollout, event),
    registryRevision: event.registry_revision,
  }),
  rolled_back: end('rolled_back'),
  aborted: end('aborted'),
};

function withShare(share: number, atMs: number): Partial<Rollout> {
  const anew = { ranMs: 0, patientFromRanMs: 0, waived: [] };
  return { share, shareSinceMs: atMs, runningSinceMs: atMs, ...anew };
}

function end(status: 'completed' | 'rolled_back' | 'aborted'): Effect {
  return (rollout, { decided_at: atMs }) => ({
    status,
    share: 0,
    ranMs: stepRanMs(rollout, atMs),
    runningSinceMs: null,
    endedAtMs: atMs,
  });
}

function toDecision(
  { revision }: RolloutState,
  { step, share }: Rollout,
  event: RolloutEvent,
): RolloutDecision {
  const { type, actor, reason, evidence, decided_at: atMs } = event;
  return { type, step, share, actor, reason, evidence, atMs, revision };
}
