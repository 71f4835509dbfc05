import type { ModelEvent } from '../contracts/model-event.ts';
import { withAliases } from './aliases.ts';
import { applyEvent } from './apply-event.ts';
import { checkEvent } from './check-event.ts';
import type { RefusalCode } from './command.ts';
import type { RegistryState } from './state.ts';

/** The state after an event was read, and whether the event counts. */
export type Evolution =
  | { readonly state: RegistryState; readonly accepted: true }
  /** The same state: a mismatch of revisions (another decision won), or an event that is illegal in it. */
  | {
      readonly state: RegistryState;
      readonly accepted: false;
      readonly code: RefusalCode;
      readonly reason: string;
    };

/** Folds one event into the registry. An event that doesn't count changes nothing, whoever wrote it. */
export function evolve(state: RegistryState, event: ModelEvent): Evolution {
  if (event.expected_revision !== state.revision) {
    const reason = `made at revision ${event.expected_revision}, read at ${state.revision}: another decision won`;
    return { state, accepted: false, code: 'conflict', reason };
  }
  const refusal = checkEvent(state, event);
  if (refusal !== undefined) return { state, accepted: false, code: refusal.code, reason: refusal.message };
  const next = { ...state, revision: state.revision + 1 };
  return { state: withAliases(applyEvent(next, event)), accepted: true };
}
