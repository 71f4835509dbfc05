import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { RegistryCommands } from '../registry/commands.ts';
import type { RegistryProjection } from '../registry/projection.ts';
import type { AskGate } from './gate-port.ts';

/**
 * Opens the model of the package in a folder and scores its golden rows, where a model that crashes does no harm; what
 * is wrong with it.
 */
export type TryPackage = (dir: string) => Promise<readonly PackageProblem[]>;

/** What the models' lifecycle is made of. */
export interface ModelLifecycleDeps {
  readonly projection: Pick<RegistryProjection, 'state' | 'untilCaughtUp'>;
  readonly commands: RegistryCommands;
  readonly store: ArtifactStore;
  /** The newest schema of lead-created; undefined where none is registered. Throws RegistryUnavailable. */
  readonly leadSchema: () => Promise<string | undefined>;
  readonly tryPackage: TryPackage;
  readonly askGate: AskGate;
  readonly nowMs: () => number;
}

/** Who decides, and why. */
export interface Decider {
  readonly actor: string;
  readonly reason: string;
  /** The revision that was looked at; the decision is refused at any other. */
  readonly expectedRevision?: number;
}

/** Any command but a registration, which is a push. */
export type LifecycleCommand = Exclude<RegistryCommand, { type: 'register' }>;
