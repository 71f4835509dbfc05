import type { ModelEvent, ModelEventType } from '../contracts/model-event.ts';
import type { RegistryState, Stage, VersionDecision, VersionState } from './state.ts';
import { toVersionRef, type VersionRef } from './version-ref.ts';

/** What an event that is legal makes of a state whose revision it has already been given; aliases come after. */
export function applyEvent(state: RegistryState, event: ModelEvent): RegistryState {
  const ref = toVersionRef(event.model, event.version);
  if (event.type === 'aliased') return setAlias(state, event, ref);
  return ref === undefined || event.type === 'unknown' ? state : EFFECTS[event.type](state, event, ref);
}

type Effect = (state: RegistryState, event: ModelEvent, ref: VersionRef) => RegistryState;

const EFFECTS: Record<Exclude<ModelEventType, 'aliased' | 'unknown'>, Effect> = {
  registered: register,
  staged: (state, event, ref) => moveTo(state, event, ref, 'staging', { approvals: [] }),
  approved: approve,
  promoted: promote,
  rejected: (state, event, ref) => ({
    ...moveTo(state, event, ref, 'rejected'),
    previous: without(state.previous, ref),
  }),
  archived: (state, event, ref) => moveTo(state, event, ref, 'archived'),
  rolled_back: rollBack,
};

function register(state: RegistryState, event: ModelEvent, ref: VersionRef): RegistryState {
  const { model, version, artifact } = event;
  if (artifact === null) return state;
  const versionState: VersionState = {
    ref,
    model,
    version,
    stage: 'registered',
    artifact,
    approvals: [],
    stageRevision: state.revision,
    stageSinceMs: event.decided_at,
    decisions: [toDecision(state, event)],
  };
  return { ...state, versions: new Map(state.versions).set(ref, versionState) };
}

function approve(state: RegistryState, event: ModelEvent, ref: VersionRef): RegistryState {
  const { actor, reason, evidence, decided_at: atMs } = event;
  const approvals = [...(state.versions.get(ref)?.approvals ?? []), { actor, reason, evidence, atMs }];
  return update(state, event, ref, { approvals });
}

function promote(state: RegistryState, event: ModelEvent, ref: VersionRef): RegistryState {
  const previous = without(state.previous, ref);
  return {
    ...replaceProduction(state, event, ref),
    previous: state.production === null ? previous : [...previous, state.production],
  };
}

/** What was promoted after the version that comes back is no longer a way back: that way would lead in circles. */
function rollBack(state: RegistryState, event: ModelEvent, ref: VersionRef): RegistryState {
  return {
    ...replaceProduction(state, event, ref),
    previous: state.previous.slice(0, state.previous.indexOf(ref)),
  };
}

function replaceProduction(state: RegistryState, event: ModelEvent, ref: VersionRef): RegistryState {
  const replaced: ModelEvent = {
    ...event,
    type: 'archived',
    reason: `${ref} took its place: ${event.reason}`,
  };
  const archived = state.production === null ? state : moveTo(state, replaced, state.production, 'archived');
  return { ...moveTo(archived, event, ref, 'production'), production: ref };
}

function setAlias(state: RegistryState, { alias }: ModelEvent, ref: VersionRef | undefined): RegistryState {
  const ownAliases = new Map(state.ownAliases);
  if (alias !== null && ref !== undefined) ownAliases.set(alias, ref);
  else if (alias !== null) ownAliases.delete(alias);
  return { ...state, ownAliases };
}

function moveTo(
  state: RegistryState,
  event: ModelEvent,
  ref: VersionRef,
  stage: Stage,
  more: Partial<VersionState> = {},
): RegistryState {
  const at = { stage, stageRevision: state.revision, stageSinceMs: event.decided_at };
  return update(state, event, ref, { ...at, ...more });
}

function update(
  state: RegistryState,
  event: ModelEvent,
  ref: VersionRef,
  change: Partial<VersionState>,
): RegistryState {
  const version = state.versions.get(ref);
  if (version === undefined) return state;
  const decisions = [...version.decisions, toDecision(state, event)];
  return { ...state, versions: new Map(state.versions).set(ref, { ...version, ...change, decisions }) };
}

function toDecision({ revision }: RegistryState, event: ModelEvent): VersionDecision {
  const { type, actor, reason, decided_at: atMs } = event;
  return { type, actor, reason, atMs, revision };
}

function without(refs: readonly VersionRef[], ref: VersionRef): readonly VersionRef[] {
  return refs.filter((other) => other !== ref);
}
