import { existsSync } from 'node:fs';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { toVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Version } from '@scoreline/core/shadow/report.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { findPackage } from '../model-package/find.ts';

/**
 * Finds a version's package: what the registry says of it, from the store; a version that isn't registered, in
 * `modelsDir`. Undefined where neither has it; throws what the store and the registry throw.
 */
export function createPackageFinder(deps: {
  readonly store: ArtifactStore;
  readonly registryState: () => Promise<RegistryState>;
  readonly modelsDir: string;
}): (version: Version) => Promise<string | undefined> {
  return async ({ model, version }) => {
    const ref = toVersionRef(model, version);
    const artifact = ref && (await deps.registryState()).versions.get(ref)?.artifact;
    if (artifact) return deps.store.fetch(artifact.uri, artifact.manifest_sha256);
    const dir = findPackage(deps.modelsDir, `${model}@${version}`);
    return dir !== undefined && existsSync(dir) ? dir : undefined;
  };
}
