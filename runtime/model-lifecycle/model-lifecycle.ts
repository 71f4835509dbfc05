import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { ArtifactError } from '../artifacts/artifact-error.ts';
import { RegistryUnavailable } from '../avro/registry.ts';
import { EventLogBehind } from '../kafka/event-log.ts';
import { admitVersion } from './admit-version.ts';
import type { PackageVerdict } from './check-package.ts';
import { executeChecked } from './execute-checked.ts';
import type { Decider, LifecycleCommand, ModelLifecycleDeps } from './lifecycle-deps.ts';
import { type LifecycleOutcome, type LifecycleRefusal, refuse } from './outcome.ts';
import { pushPackage, type PushSource } from './push-package.ts';

/** The life of model versions, for the command line and for HTTP alike. */
export interface ModelLifecycle {
  /** Checks a package, puts it into the store where it comes from a folder, and registers it. */
  push(source: PushSource, decider: Decider): Promise<LifecycleOutcome>;
  /**
   * Decides on a version. Staging and Production need a package that can be had, loads, and fits the newest schema of
   * leads; an approval and a promotion carry the gate's state as evidence; where the policy's approval is automatic,
   * a passed gate approves by itself.
   */
  execute(command: LifecycleCommand): Promise<LifecycleOutcome>;
  /** Whether a version may be given real leads beside production, in a rollout: {@link admitVersion}. */
  admit(ref: VersionRef): Promise<PackageVerdict>;
  /** The registry, read to its end. Throws EventLogBehind. */
  state(): Promise<RegistryState>;
}

export function createModelLifecycle(deps: ModelLifecycleDeps): ModelLifecycle {
  const state = async (): Promise<RegistryState> => {
    await deps.projection.untilCaughtUp();
    return deps.projection.state();
  };
  return {
    state,
    push: (source, decider) => tellOutage(async () => pushPackage(deps, source, decider, await state())),
    admit: (ref) => tellOutage(async () => admitVersion(deps, ref, await state())),
    execute: (command) => tellOutage(async () => executeChecked(deps, command, await state())),
  };
}

/** What can't be asked now, or can't be had from the store, is an outcome: nothing was decided. */
async function tellOutage<T>(ask: () => Promise<T>): Promise<T | LifecycleRefusal> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ArtifactError) return refuse(`artifact.${error.code}`, error.message);
    if (error instanceof EventLogBehind || error instanceof RegistryUnavailable)
      return refuse('unavailable', error.message);
    throw error;
  }
}
