import type { RetrainingRequested } from '../contracts/retraining-requested.ts';
import type { Decision, DecisionContext } from '../decisions/decision.ts';
import { checkEvent } from './check-event.ts';
import type { RetrainingCommand, RetrainingRefusalCode } from './command.ts';
import { weighCoolDown } from './cool-down.ts';
import { nextRequestId, type RetrainingState } from './state.ts';
import { strongestFirst } from './strength.ts';

/**
 * What a wish comes to in this state: a request that expects its revision, or a refusal (`cool_down` is the usual one of
 * the policy's). The request counts once it has been read back as accepted.
 */
export function decide(
  state: RetrainingState,
  command: RetrainingCommand,
  context: DecisionContext,
): Decision<RetrainingRequested, RetrainingRefusalCode> {
  const { expectedRevision = state.revision } = command;
  if (expectedRevision !== state.revision) {
    const message = `the requests are at revision ${state.revision}, not ${expectedRevision}: look again, then decide`;
    return { ok: false, code: 'conflict', message };
  }
  const event = toEvent(state, command, context);
  const refusal = checkEvent(state, event);
  return refusal === undefined ? { ok: true, event } : { ok: false, ...refusal };
}

function toEvent(
  state: RetrainingState,
  command: RetrainingCommand,
  { nowMs, eventId }: DecisionContext,
): RetrainingRequested {
  const { model, reasons } = command;
  return {
    event_id: eventId,
    expected_revision: state.revision,
    request_id: nextRequestId(state, model),
    model,
    model_version: command.modelVersion,
    mode: command.mode,
    reasons: strongestFirst(reasons),
    passed_cool_down: weighCoolDown(state, model, { reasons, nowMs }).kind === 'passes',
    requested_by: command.requestedBy,
    requested_at: nowMs,
    cool_down_until: nowMs + command.coolDownMs,
    training_window: command.trainingWindow,
  };
}
