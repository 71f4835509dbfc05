import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { toVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { ArtifactStore } from '@scoreline/runtime/artifacts/artifact-store.ts';
import type { FindRegistered } from '../models.ts';

/** Scores wait meanwhile: what takes longer goes on where it stopped when the package is looked for again. */
const FETCH_WITHIN_MS = 5_000;

/** Finds the packages of registered versions in the artifact store; throws what the store throws. */
export function createRegisteredFinder(store: ArtifactStore, state: () => RegistryState): FindRegistered {
  return async ({ model, modelVersion }) => {
    const ref = toVersionRef(model, modelVersion);
    const artifact = ref && state().versions.get(ref)?.artifact;
    if (!artifact) return undefined;
    return store.fetch(artifact.uri, artifact.manifest_sha256, AbortSignal.timeout(FETCH_WITHIN_MS));
  };
}
