import type { ModelEvent } from '../contracts/model-event.ts';
import { type Evolution, evolveChecked } from '../decisions/decision.ts';
import { withAliases } from './aliases.ts';
import { applyEvent } from './apply-event.ts';
import { checkEvent } from './check-event.ts';
import type { RefusalCode } from './command.ts';
import type { RegistryState } from './state.ts';

/** Folds one event into the registry. An event that doesn't count changes nothing, whoever wrote it. */
export function evolve(state: RegistryState, event: ModelEvent): Evolution<RegistryState, RefusalCode> {
  return evolveChecked(state, event, checkEvent, (next, accepted) => withAliases(applyEvent(next, accepted)));
}
