import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { checkPackage, type PackageVerdict } from './check-package.ts';
import type { ModelLifecycleDeps } from './lifecycle-deps.ts';
import { refuse } from './outcome.ts';

/** Holds a registered version's package, byte for byte what was pushed, to every check of a service and to the leads. */
export async function checkStored(
  { store, tryPackage, leadSchema }: ModelLifecycleDeps,
  state: RegistryState,
  ref: VersionRef,
): Promise<PackageVerdict> {
  const artifact = state.versions.get(ref)?.artifact;
  if (artifact === undefined) return refuse('version.unknown', `${ref} is not registered`);
  const dir = await store.fetch(artifact.uri, artifact.manifest_sha256);
  return checkPackage(dir, tryPackage, await leadSchema());
}
