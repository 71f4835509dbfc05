import type { ModelEvent, ModelEventType } from '../contracts/model-event.ts';
import { checkEvent } from './check-event.ts';
import type { Decision, DecisionContext } from '../decisions/decision.ts';
import type { RefusalCode, RegistryCommand } from './command.ts';
import type { RegistryState } from './state.ts';
import { splitVersionRef, type VersionRef } from './version-ref.ts';

/**
 * What a command comes to in this state: an event that expects its revision, nothing where things are already as
 * asked, or a refusal that says what to do. The event counts once it has been read back as accepted.
 */
export function decide(
  state: RegistryState,
  command: RegistryCommand,
  context: DecisionContext,
): Decision<ModelEvent, RefusalCode> {
  const { expectedRevision = state.revision } = command;
  if (expectedRevision !== state.revision) {
    const message = `the registry is at revision ${state.revision}, not ${expectedRevision}: look again, then decide`;
    return { ok: false, code: 'conflict', message };
  }
  const settled = describeSettled(state, command);
  if (settled !== undefined) return { ok: true, event: null, message: settled };
  const target = targetOf(state, command);
  if (target === undefined) {
    const message = 'there is no earlier production version to roll back to';
    return { ok: false, code: 'rollback.nowhere', message };
  }
  const event = toEvent(state, command, target, context);
  const refusal = checkEvent(state, event);
  return refusal === undefined ? { ok: true, event } : { ok: false, ...refusal };
}

/** Says so where things are already as the command wants them: asking twice is no mistake. */
function describeSettled(state: RegistryState, command: RegistryCommand): string | undefined {
  if (command.type === 'rollback') return undefined;
  if (command.type === 'alias') return describeSettledAlias(state, command.alias, command.ref);
  const { ref } = command;
  const version = state.versions.get(ref);
  if (version === undefined) return undefined;
  if (command.type === 'register') {
    const isSame = version.artifact.manifest_sha256 === command.artifact.manifest_sha256;
    return isSame ? `${ref} is registered with these bytes already` : undefined;
  }
  if (command.type === 'approve') {
    const approval = version.approvals.find(({ actor }) => actor === command.actor);
    return approval && `${ref} has ${command.actor}'s approval already`;
  }
  return version.stage === RESULTING_STAGE[command.type] ? `${ref} is ${version.stage} already` : undefined;
}

const RESULTING_STAGE = {
  stage: 'staging',
  promote: 'production',
  reject: 'rejected',
  archive: 'archived',
} as const;

function describeSettledAlias(
  state: RegistryState,
  alias: string,
  ref: VersionRef | null,
): string | undefined {
  if (ref === null || state.ownAliases.get(alias) !== ref) return undefined;
  return `${alias} points at ${ref} already`;
}

/** The version that the event names; null for an alias that is taken away, undefined where there is none to name. */
function targetOf(state: RegistryState, command: RegistryCommand): VersionRef | null | undefined {
  return command.type === 'rollback' ? (command.ref ?? state.previous.at(-1)) : command.ref;
}

const EVENT_TYPE: Record<RegistryCommand['type'], ModelEventType> = {
  register: 'registered',
  stage: 'staged',
  approve: 'approved',
  promote: 'promoted',
  reject: 'rejected',
  archive: 'archived',
  rollback: 'rolled_back',
  alias: 'aliased',
};

function toEvent(
  { revision }: RegistryState,
  command: RegistryCommand,
  target: VersionRef | null,
  { nowMs, eventId }: DecisionContext,
): ModelEvent {
  return {
    event_id: eventId,
    expected_revision: revision,
    type: EVENT_TYPE[command.type],
    ...(target === null ? { model: '', version: '' } : splitVersionRef(target)),
    alias: command.type === 'alias' ? command.alias : null,
    actor: command.actor,
    reason: command.reason,
    artifact: command.type === 'register' ? command.artifact : null,
    evidence: ('evidence' in command ? command.evidence : undefined) ?? null,
    decided_at: nowMs,
  };
}
