import type { RegistryState, VersionState } from '../registry/state.ts';
import { toVersionRef, type VersionRef } from '../registry/version-ref.ts';
import type { Rollout } from './state.ts';

/** What the model registry says of a rollout's versions. */
export type RegistryFacts = Pick<RegistryState, 'revision' | 'production'> & {
  readonly versions: ReadonlyMap<VersionRef, Pick<VersionState, 'stage' | 'stageRevision'>>;
};

/**
 * Why what a rollout stands on is gone; undefined: it holds. Its control must have been in Production, and its treatments
 * in Staging, since it was started: whoever promotes, rolls back, rejects or archives one of them by hand ends its say,
 * also where things have come to look as before.
 */
export function findLostStand(rollout: Rollout, registry: RegistryFacts): string | undefined {
  const { control, treatments } = rollout.plan;
  const controlRef = toVersionRef(control.model, control.version);
  const { production } = registry;
  if (production === null || production !== controlRef) {
    const now = production ?? 'nothing';
    return `${now} is in Production, and it was made against ${control.model}@${control.version}`;
  }
  if (hasMoved(registry.versions.get(production), 'production', rollout))
    return `${production} came to Production anew since it was started`;
  for (const { model, version } of treatments) {
    const ref = toVersionRef(model, version);
    const state = ref && registry.versions.get(ref);
    if (hasMoved(state, 'staging', rollout))
      return `${model}@${version} is ${state?.stage ?? 'unknown'}, not in Staging as it was at the start`;
  }
  return undefined;
}

/** Where a foreign writer's start doesn't say what it looked at, only what is known to be otherwise counts. */
function hasMoved(
  version: Pick<VersionState, 'stage' | 'stageRevision'> | undefined,
  stage: VersionState['stage'],
  { startedAtRegistryRevision: since }: Rollout,
): boolean {
  if (version === undefined) return since !== null;
  return version.stage !== stage || (since !== null && version.stageRevision > since);
}
