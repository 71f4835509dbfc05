import type { RegistryState, VersionState } from '@scoreline/core/registry/state.ts';
import type { LifecycleOutcome } from '@scoreline/runtime/model-lifecycle/outcome.ts';
import { describeRegistry, describeVersion } from '@scoreline/runtime/model-lifecycle/describe-registry.ts';
import { describeOutcome } from './describe-outcome.ts';

/** An outcome for a person, or as JSON with the registry after it. */
export function formatOutcome(outcome: LifecycleOutcome, asJson: boolean): string[] {
  return asJson ? [JSON.stringify(toJson(outcome))] : describeOutcome(outcome);
}

function toJson(outcome: LifecycleOutcome): object {
  if (!outcome.ok) return outcome;
  const { state, ...told } = outcome;
  return { ...told, registry: describeRegistry(state) };
}

/** The registry as a table. */
export function formatRegistry(state: RegistryState): string[] {
  const pointers = [...state.aliases].map(([alias, ref]) => `${alias} → ${ref}`);
  const head = `revision ${state.revision}${pointers.map((pointer) => ` · ${pointer}`).join('')}`;
  if (state.versions.size === 0) return [head, 'no version yet: scoreline model push <dir> --reason …'];
  const longest = Math.max(...[...state.versions.keys()].map((ref) => ref.length));
  return [head, ...[...state.versions.values()].map((version) => formatRow(version, longest))];
}

function formatRow(
  { ref, stage, stageSinceMs, approvals, decisions }: VersionState,
  longest: number,
): string {
  const last = decisions.at(-1);
  const approved =
    approvals.length > 0 ? `  approved by ${approvals.map(({ actor }) => actor).join(', ')}` : '';
  return `  ${ref.padEnd(longest)}  ${stage.padEnd(10)}  since ${formatTime(stageSinceMs)}  by ${last?.actor ?? '?'}${approved}`;
}

/** One version with everything that was decided about it. */
export function formatVersion(version: VersionState, state: RegistryState): string[] {
  const { ref, stage, artifact, decisions } = version;
  const aliases = [...state.aliases].filter(([, target]) => target === ref).map(([alias]) => alias);
  return [
    `${ref} · ${stage}${aliases.length === 0 ? '' : ` · ${aliases.join(', ')}`}`,
    `package ${artifact.uri}, manifest.json sha256 ${artifact.manifest_sha256}`,
    'decisions:',
    ...decisions.map(
      ({ type, actor, reason, atMs, revision }) =>
        `  ${String(revision).padStart(4)}  ${formatTime(atMs)}  ${type.replace('_', ' ').padEnd(11)}  ${actor}: ${reason}`,
    ),
  ];
}

/** The same as JSON. */
export function formatVersionJson(version: VersionState, state: RegistryState): string[] {
  return [JSON.stringify(describeVersion(version, state))];
}

function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
