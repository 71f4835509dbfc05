import type { RegistryState, VersionState } from '@scoreline/core/registry/state.ts';

/** The registry as JSON, for the command line's --json and for HTTP alike. */
export function describeRegistry(state: RegistryState) {
  return {
    revision: state.revision,
    production: state.production,
    previous: state.previous,
    aliases: Object.fromEntries(state.aliases),
    versions: [...state.versions.values()].map((version) => describeVersion(version, state)),
  };
}

/** One version with everything that was decided about it; times are ISO 8601. */
export function describeVersion(version: VersionState, state: RegistryState) {
  const { ref, model, stage, artifact, approvals, decisions } = version;
  return {
    ref,
    model,
    version: version.version,
    stage,
    since: toIso(version.stageSinceMs),
    aliases: [...state.aliases].filter(([, target]) => target === ref).map(([alias]) => alias),
    artifact,
    approvals: approvals.map(({ actor, reason, evidence, atMs }) => ({
      actor,
      reason,
      evidence: evidence === null ? null : parseEvidence(evidence),
      at: toIso(atMs),
    })),
    decisions: decisions.map(({ atMs, ...decision }) => ({ ...decision, at: toIso(atMs) })),
  };
}

/** Evidence is JSON, unless a foreign writer put something else there. */
function parseEvidence(evidence: string): unknown {
  try {
    return JSON.parse(evidence);
  } catch {
    return evidence;
  }
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
