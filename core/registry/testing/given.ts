import type { ModelEvent } from '../../contracts/model-event.ts';
import type { RegistryCommand } from '../command.ts';
import { decide } from '../decide.ts';
import { evolve } from '../evolve.ts';
import { EMPTY_REGISTRY, type RegistryState } from '../state.ts';
import type { VersionRef } from '../version-ref.ts';

export const V1: VersionRef = 'bank-leads@1.0.0';
export const V2: VersionRef = 'bank-leads@1.1.0';
export const V3: VersionRef = 'user-reports@1.0.0';

const SHA = 'a'.repeat(64);
const decided = (type: string) => ({ actor: 'anna', reason: type });

export function register(ref: VersionRef): RegistryCommand & { readonly type: 'register' } {
  return {
    type: 'register',
    ref,
    artifact: { uri: `file:/${ref}`, manifest_sha256: SHA },
    ...decided('register'),
  };
}

export const stage = (ref: VersionRef): RegistryCommand => ({ type: 'stage', ref, ...decided('stage') });
export const promote = (ref: VersionRef): RegistryCommand => ({
  type: 'promote',
  ref,
  ...decided('promote'),
});
export const reject = (ref: VersionRef): RegistryCommand => ({ type: 'reject', ref, ...decided('reject') });
export const archive = (ref: VersionRef): RegistryCommand => ({
  type: 'archive',
  ref,
  ...decided('archive'),
});
export const approve = (ref: VersionRef): RegistryCommand => ({
  type: 'approve',
  ref,
  evidence: '{"passes":true}',
  ...decided('approve'),
});

/** The state after these commands, each of which must be accepted. */
export function given(...commands: readonly RegistryCommand[]): RegistryState {
  return commands.reduce((state, command) => {
    const context = { nowMs: 1_000 * state.revision, eventId: `e${state.revision}` };
    const decision = decide(state, command, context);
    if (!decision.ok) throw new Error(`given: ${decision.message}`);
    if (decision.event === null) throw new Error(`given: ${decision.message}`);
    const evolution = evolve(state, decision.event);
    if (!evolution.accepted) throw new Error(`given: ${evolution.reason}`);
    return evolution.state;
  }, EMPTY_REGISTRY);
}

/** The event that a command would write, whether it is legal or not: what a foreign writer may send. */
export function eventOf({ revision }: RegistryState, command: RegistryCommand): ModelEvent {
  const types = {
    register: 'registered',
    stage: 'staged',
    approve: 'approved',
    promote: 'promoted',
    reject: 'rejected',
    archive: 'archived',
    rollback: 'rolled_back',
    alias: 'aliased',
  } as const;
  const [model = '', version = ''] = command.ref?.split('@') ?? [];
  return {
    event_id: `e${revision}`,
    expected_revision: revision,
    type: types[command.type],
    model,
    version,
    alias: command.type === 'alias' ? command.alias : null,
    actor: command.actor,
    reason: command.reason,
    artifact: command.type === 'register' ? command.artifact : null,
    evidence: null,
    decided_at: 0,
  };
}
