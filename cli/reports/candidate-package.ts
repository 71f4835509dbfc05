import { EMPTY_REGISTRY, type RegistryState } from '@scoreline/core/registry/state.ts';
import type { Version } from '@scoreline/core/shadow/report.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createPackageFinder } from '@scoreline/runtime/reports/package-finder.ts';
import { withLifecycle } from '../registry/with-lifecycle.ts';
import { CommandFailed } from '../registry/with-started.ts';
import type { ReportConfig } from './config.ts';

/** The registry as it stands; one that can't be reached is told, and counts as empty. */
export async function readRegistryState(): Promise<RegistryState> {
  try {
    return await withLifecycle((lifecycle) => lifecycle.state());
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    console.error(`${error.message}: going on without it`);
    return EMPTY_REGISTRY;
  }
}

/** Finds packages by the registry, which is read once, and in MODELS_DIR. */
export function findCandidatePackage(
  config: ReportConfig,
  registryState: () => Promise<RegistryState> = readRegistryState,
): (version: Version) => Promise<string | undefined> {
  return createPackageFinder({
    store: createArtifactStore(toArtifactStoreSettings(config)),
    registryState,
    modelsDir: config.MODELS_DIR,
  });
}
