import type { RolloutEvent, RolloutEventType } from '../contracts/rollout-event.ts';
import type { Decision, DecisionContext } from '../decisions/decision.ts';
import { checkEvent } from './check-event.ts';
import type { RolloutCommand, RolloutRefusalCode } from './command.ts';
import type { Rollout, RolloutState, RolloutStatus } from './state.ts';

/**
 * What a command comes to in this state: an event that expects its revision, nothing where things are already as
 * asked, or a refusal that says what to do. The event counts once it has been read back as accepted.
 */
export function decide(
  state: RolloutState,
  command: RolloutCommand,
  context: DecisionContext,
): Decision<RolloutEvent, RolloutRefusalCode> {
  const { expectedRevision = state.revision, rolloutId } = command;
  if (expectedRevision !== state.revision) {
    const message = `the rollouts are at revision ${state.revision}, not ${expectedRevision}: look again, then decide`;
    return { ok: false, code: 'conflict', message };
  }
  const rollout = state.rollouts.get(rolloutId);
  if (rollout !== undefined && rollout.status === RESULTING_STATUS[command.type])
    return { ok: true, event: null, message: `${rolloutId} is ${rollout.status} already` };
  const event = toEvent(state, command, rollout, context);
  const refusal = checkEvent(state, event);
  return refusal === undefined ? { ok: true, event } : { ok: false, ...refusal };
}

const RESULTING_STATUS: Partial<Record<RolloutCommand['type'], RolloutStatus>> = {
  pause: 'paused',
  resume: 'running',
  promote: 'promoting',
  complete: 'completed',
  roll_back: 'rolled_back',
  abort: 'aborted',
};

const EVENT_TYPE: Record<RolloutCommand['type'], RolloutEventType> = {
  start: 'started',
  advance: 'advanced',
  pause: 'paused',
  resume: 'resumed',
  promote: 'promoting',
  complete: 'completed',
  roll_back: 'rolled_back',
  abort: 'aborted',
};

function toEvent(
  { revision }: RolloutState,
  command: RolloutCommand,
  rollout: Rollout | undefined,
  { nowMs, eventId }: DecisionContext,
): RolloutEvent {
  return {
    event_id: eventId,
    expected_revision: revision,
    type: EVENT_TYPE[command.type],
    rollout_id: command.rolloutId,
    plan: command.type === 'start' ? command.plan : null,
    step: command.type === 'advance' ? (rollout?.step ?? 0) + 1 : (rollout?.step ?? 0),
    registry_revision: ('registryRevision' in command ? command.registryRevision : undefined) ?? null,
    actor: command.actor,
    reason: command.reason,
    evidence: command.evidence ?? null,
    decided_at: nowMs,
  };
}
