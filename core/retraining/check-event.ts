import type { RetrainingRequested } from '../contracts/retraining-requested.ts';
import type { RetrainingRefusal, RetrainingRefusalCode } from './command.ts';
import { weighCoolDown } from './cool-down.ts';
import { nextRequestId, POLICY, type RetrainingState } from './state.ts';

/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

/**
 * Why a request is illegal in this state, whatever revision it expects; undefined where it may be accepted. The one set
 * of rules: a writer asks before it writes, and every reader asks again when it reads.
 */
export function checkEvent(
  state: RetrainingState,
  event: RetrainingRequested,
): RetrainingRefusal | undefined {
  const { model, requested_at: nowMs, cool_down_until: untilMs, reasons } = event;
  if (event.requested_by.trim() === '')
    return refuse('event.invalid', 'a request needs its author: who asks?');
  if (model === '' || reasons.length === 0)
    return refuse('event.invalid', 'a request names its model and at least one reason');
  if (!(Math.abs(nowMs) <= MAX_TIME_MS && untilMs >= nowMs && untilMs <= MAX_TIME_MS))
    return refuse('event.invalid', `a cool-down from ${nowMs} to ${untilMs} is none`);
  const id = nextRequestId(state, model);
  if (event.request_id !== id)
    return refuse('event.invalid', `the next request for ${model} is ${id}, not ${event.request_id}`);
  if (event.requested_by !== POLICY) return undefined;
  const coolDown = weighCoolDown(state, model, { reasons, nowMs });
  if (coolDown.kind !== 'held') return undefined;
  const until = new Date(coolDown.earlier.cool_down_until).toISOString();
  return refuse('cool_down', `${coolDown.earlier.request_id} has asked for it; no other until ${until}`);
}

function refuse(code: RetrainingRefusalCode, message: string): RetrainingRefusal {
  return { code, message };
}
