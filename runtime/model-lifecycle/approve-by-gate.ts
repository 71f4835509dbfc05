import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { GateAnswer } from './gate-port.ts';
import type { ModelLifecycleDeps } from './lifecycle-deps.ts';
import { type LifecycleRefusal, refuse } from './outcome.ts';

/** Who approves where the policy lets the gate do it. */
export const POLICY_ACTOR = 'policy';

/** The gate's own approval, on record, where it passes; for policies that ask for no more. */
export async function approveByGate(
  { commands }: ModelLifecycleDeps,
  ref: VersionRef,
  gate: GateAnswer,
  expectedRevision: number | undefined,
): Promise<{ readonly ok: true; readonly state: RegistryState } | LifecycleRefusal> {
  if (!gate.known || !gate.passes) {
    const message = `${ref} has no approval, and the gate gives none (${gate.summary}): wait for it, or have it approved`;
    return refuse('approval.missing', message);
  }
  const approval = await commands.execute({
    type: 'approve',
    ref,
    actor: POLICY_ACTOR,
    reason: 'every condition of the gate passes, and the policy asks for no more',
    evidence: gate.evidence,
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
  });
  return approval.ok ? { ok: true, state: approval.state } : refuse(approval.code, approval.message);
}
