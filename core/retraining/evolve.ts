import type { RetrainingRequested } from '../contracts/retraining-requested.ts';
import { type Evolution, evolveChecked } from '../decisions/decision.ts';
import { checkEvent } from './check-event.ts';
import type { RetrainingRefusalCode } from './command.ts';
import type { RetrainingState } from './state.ts';

/** Folds one request into the log's state. One that doesn't count changes nothing, whoever wrote it. */
export function evolve(
  state: RetrainingState,
  event: RetrainingRequested,
): Evolution<RetrainingState, RetrainingRefusalCode> {
  return evolveChecked(state, event, checkEvent, (before, { model }) => ({
    ...before,
    requests: new Map(before.requests).set(model, [...(before.requests.get(model) ?? []), event]),
  }));
}
