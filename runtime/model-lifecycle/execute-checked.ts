import { type ApprovalEvidence, findApprovalEvidence } from '@scoreline/core/gate/approval-evidence.ts';
import { decide } from '@scoreline/core/registry/decide.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { approveByGate } from './approve-by-gate.ts';
import { checkStored } from './check-stored.ts';
import { describeDone } from './describe-done.ts';
import type { GateAnswer } from './gate-port.ts';
import type { LifecycleCommand, ModelLifecycleDeps } from './lifecycle-deps.ts';
import { type LifecycleOutcome, toOutcome } from './outcome.ts';

/** The commands that give a version a way to leads: they ask for its package first. */
type CheckedCommand = LifecycleCommand & { readonly type: 'stage' | 'approve' | 'promote' };
type GatedCommand = CheckedCommand & { readonly type: 'approve' | 'promote' };

/** Carries out a command, with what it asks of the version's package and of the gate before. */
export async function executeChecked(
  deps: ModelLifecycleDeps,
  command: LifecycleCommand,
  state: RegistryState,
): Promise<LifecycleOutcome> {
  if (!isChecked(command)) return run(deps, command);
  // Asked before anything is downloaded: most refusals need no package.
  const outlook = decide(state, command, { nowMs: 0, eventId: '' });
  const lacksApproval = !outlook.ok && outlook.code === 'approval.missing';
  if ((!outlook.ok && !lacksApproval) || (outlook.ok && outlook.event === null)) return run(deps, command);
  const checked = await checkStored(deps, state, command.ref);
  if (!checked.ok) return checked;
  const { pkg, warnings } = checked;
  if (!isGated(command)) return run(deps, command, warnings);
  // Without a person's approval it ends here, whatever the gate would say.
  if (lacksApproval && pkg.policy.approval === 'required') return run(deps, command, warnings);
  const recent = command.type === 'promote' && findApprovalEvidence(state, command.ref, deps.nowMs());
  if (recent) return promoteBy(deps, command, recent, warnings);
  const gate = await deps.askGate(command.ref, pkg);
  const gated = gate.known ? { ...command, evidence: gate.evidence } : command;
  const told = [...warnings, ...doubtsOf(gate)];
  if (!lacksApproval) return run(deps, gated, told);
  // Two decisions: the gate's approval, then the promotion at the very revision that the approval made.
  const approval = await approveByGate(deps, command.ref, gate, command.expectedRevision);
  if (!approval.ok) return approval;
  return run(deps, { ...gated, expectedRevision: approval.state.revision }, told);
}

function isChecked(command: LifecycleCommand): command is CheckedCommand {
  return command.type === 'stage' || command.type === 'approve' || command.type === 'promote';
}

function isGated(command: CheckedCommand): command is GatedCommand {
  return command.type !== 'stage';
}

/** What the gate said at the approval is evidence enough: to ask it again takes seconds, most so under load. */
async function promoteBy(
  deps: ModelLifecycleDeps,
  command: GatedCommand,
  { json, actor, ageMs, passes, open }: ApprovalEvidence,
  warnings: readonly string[],
): Promise<LifecycleOutcome> {
  const doubts = passes ? [] : [`the gate did not pass when it was approved: ${open.join(', ')}`];
  const outcome = await run(deps, { ...command, evidence: json }, [...warnings, ...doubts]);
  if (!outcome.ok || !outcome.changed) return outcome;
  const minutes = Math.round(ageMs / 60_000);
  const evidence = `evidence: that of ${actor}'s approval, ${minutes} min old`;
  return { ...outcome, message: `${outcome.message}; ${evidence}` };
}

async function run(
  { commands }: ModelLifecycleDeps,
  command: LifecycleCommand,
  warnings: readonly string[] = [],
): Promise<LifecycleOutcome> {
  const result = await commands.execute(command);
  const done = result.ok && result.changed ? describeDone(result.event, result.state) : '';
  return toOutcome(result, done, warnings);
}

function doubtsOf(gate: GateAnswer): string[] {
  if (!gate.known) return [`the gate was not asked: ${gate.summary}`];
  return gate.passes ? [] : [`the gate does not pass: ${gate.summary}`];
}
