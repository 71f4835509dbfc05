import type { ModelEvent, ModelEventType } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';

type Describe = (ref: string, event: ModelEvent, state: RegistryState) => string;

const WORDS: Record<ModelEventType, Describe> = {
  registered: (ref) =>
    `${ref} is registered; next: scoreline model stage ${ref}, and the shadow scores with it`,
  staged: (ref) =>
    `${ref} is in Staging: the shadow scores with it; next: scoreline shadow report, then scoreline model approve ${ref}`,
  approved: (ref, { actor }) => `${ref} is approved by ${actor}; next: scoreline model promote ${ref}`,
  promoted: (ref, _event, { previous }) =>
    `${ref} is in Production${previous.length === 0 ? '' : `; the way back: scoreline model rollback (to ${previous.at(-1)})`}`,
  rolled_back: (ref) => `${ref} is in Production again`,
  rejected: (ref) => `${ref} is rejected, for good`,
  archived: (ref) => `${ref} is archived`,
  aliased: (ref, { alias, model }) =>
    model === '' ? `${alias} points at nothing by hand any more` : `${alias} points at ${ref}`,
  unknown: () => 'nothing was decided',
};

/** What a decision has done, and what comes next, as one line for a person. */
export function describeDone(event: ModelEvent, state: RegistryState): string {
  return WORDS[event.type](`${event.model}@${event.version}`, event, state);
}
