import { decide } from '@scoreline/core/registry/decide.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { approveByGate } from './approve-by-gate.ts';
import type { PackageVerdict } from './check-package.ts';
import { checkStored } from './check-stored.ts';
import type { ModelLifecycleDeps } from './lifecycle-deps.ts';
import { refuse } from './outcome.ts';

/**
 * What a version needs before it is given real leads beside production, which is what Production needs: it is in
 * Staging and approved, its package can be had, loads, and fits the newest schema of leads. Where the policy's approval
 * is automatic, a passed gate approves by itself, on record.
 */
export async function admitVersion(
  deps: ModelLifecycleDeps,
  ref: VersionRef,
  state: RegistryState,
): Promise<PackageVerdict> {
  const promotion = { type: 'promote', ref, actor: 'anybody', reason: '' } as const;
  // Asked before anything is downloaded: most refusals need no package.
  const outlook = decide(state, promotion, { nowMs: 0, eventId: '' });
  const lacksApproval = !outlook.ok && outlook.code === 'approval.missing';
  if (!outlook.ok && !lacksApproval) return refuse(outlook.code, outlook.message);
  if (outlook.ok && outlook.event === null)
    return refuse('stage.illegal', `${ref} is in Production: it scores every lead that nothing else does`);
  const checked = await checkStored(deps, state, ref);
  if (!checked.ok || outlook.ok) return checked;
  if (checked.pkg.policy.approval === 'required') return refuse(outlook.code, outlook.message);
  const gate = await deps.askGate(ref, checked.pkg);
  const approval = await approveByGate(deps, ref, gate, undefined);
  return approval.ok ? checked : approval;
}
