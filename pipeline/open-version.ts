import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { parseVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { ArtifactStore } from '@scoreline/runtime/artifacts/artifact-store.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';

/**
 * Opens versions by what the registry says of them: the package's bytes from the artifact store, verified, then
 * loaded and checked by its golden rows. Throws PackageRefused, ArtifactError, or an error that names the reference.
 */
export function createVersionOpener(
  store: ArtifactStore,
  registryState: () => RegistryState,
): (ref: string) => Promise<LoadedModel> {
  return async (text) => {
    const ref = parseVersionRef(text);
    const known = ref === undefined ? undefined : registryState().versions.get(ref);
    if (known === undefined) throw new Error(`the model registry knows no version ${text}`);
    const dir = await store.fetch(known.artifact.uri, known.artifact.manifest_sha256);
    return openModel(await loadPackage(dir));
  };
}
