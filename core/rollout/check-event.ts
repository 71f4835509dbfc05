import type { RolloutEvent, RolloutEventType } from '../contracts/rollout-event.ts';
import { listPlanProblems } from './check-plan.ts';
import type { RolloutRefusal, RolloutRefusalCode } from './command.ts';
import { activeRollout, isActive, type Rollout, type RolloutState, type RolloutStatus } from './state.ts';

/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Why an event is illegal in this state, whatever revision it expects; undefined where it may be accepted. The one
 * set of rules of rollouts: a writer asks before it writes, and every reader asks again when it reads.
 */
export function checkEvent(state: RolloutState, event: RolloutEvent): RolloutRefusal | undefined {
  if (event.actor.trim() === '') return refuse('event.invalid', 'a decision needs an actor: who decides?');
  if (Math.abs(event.decided_at) > MAX_TIME_MS)
    return refuse('event.invalid', `decided_at ${event.decided_at} is no time`);
  if (event.type === 'unknown') return refuse('event.invalid', 'a type of event that is not known here');
  if (event.type === 'started') return checkStart(state, event);
  const rollout = state.rollouts.get(event.rollout_id);
  if (rollout === undefined) return refuse('rollout.unknown', `there is no rollout '${event.rollout_id}'`);
  if (!isActive(rollout)) return refuse('rollout.ended', `${rollout.id} has ended: it is ${rollout.status}`);
  return checkStatus(rollout, event.type) ?? CHECKS[event.type]?.(rollout, event);
}

function checkStart(state: RolloutState, { rollout_id: id, plan }: RolloutEvent): RolloutRefusal | undefined {
  if (!ID.test(id)) return refuse('event.invalid', `'${id}' is no id of a rollout: letters, digits, . _ -`);
  if (state.rollouts.has(id))
    return refuse('event.invalid', `${id} has been used: the id of a rollout is new`);
  const active = activeRollout(state);
  if (active !== null) {
    const message = `${active.id} is ${active.status}: one at a time; wait for its end, or end it (scoreline rollout abort)`;
    return refuse('rollout.active', message);
  }
  if (plan === null) return refuse('event.invalid', 'a start needs its plan');
  const problems = listPlanProblems(plan);
  return problems.length === 0 ? undefined : refuse('event.invalid', `the plan: ${problems.join('; ')}`);
}

type OfActive = Exclude<RolloutEventType, 'unknown' | 'started'>;

const LEGAL_IN: Record<OfActive, readonly RolloutStatus[]> = {
  advanced: ['running'],
  paused: ['running', 'promoting'],
  resumed: ['paused'],
  promoting: ['running', 'paused'],
  completed: ['running', 'paused', 'promoting'],
  rolled_back: ['running', 'paused', 'promoting'],
  aborted: ['running', 'paused', 'promoting'],
};

function checkStatus({ id, status }: Rollout, type: OfActive): RolloutRefusal | undefined {
  if (LEGAL_IN[type].includes(status)) return undefined;
  return refuse('step.illegal', `${id} is ${status}: it can not be ${type.replace('_', ' ')} now`);
}

const CHECKS: Partial<
  Record<OfActive, (rollout: Rollout, event: RolloutEvent) => RolloutRefusal | undefined>
> = {
  advanced: checkAdvance,
  promoting: ({ id, plan }) =>
    plan.kind === 'canary'
      ? undefined
      : refuse(
          'step.illegal',
          `${id} is an A/B test: stop it (scoreline experiment stop), then promote the version that won`,
        ),
  completed: ({ id, plan }, { registry_revision: revision }) =>
    plan.kind === 'canary' && revision !== null
      ? undefined
      : refuse(
          'event.invalid',
          `${id} completes with its version in Production, at a revision of the registry`,
        ),
};

function checkAdvance({ id, plan, step }: Rollout, event: RolloutEvent): RolloutRefusal | undefined {
  if (event.step !== step + 1)
    return refuse('step.illegal', `${id} is at step ${step}: the next is ${step + 1}, not ${event.step}`);
  if (event.step < plan.steps.length) return undefined;
  return refuse('step.illegal', `${id} has no step ${event.step}: it is promoted next`);
}

function refuse(code: RolloutRefusalCode, message: string): RolloutRefusal {
  return { code, message };
}
