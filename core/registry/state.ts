import type { ModelArtifact, ModelEventType } from '../contracts/model-event.ts';
import type { VersionRef } from './version-ref.ts';

/** Where a version is in its life. Rejected is for good; an archived one can be staged anew. */
export type Stage = 'registered' | 'staging' | 'production' | 'archived' | 'rejected';

/** One registry per stream (topic prefix), a fold of {@link evolve} over the topic `model-registry`. */
export interface RegistryState {
  /** How many events have been accepted: what the next decision must expect. */
  readonly revision: number;
  /** In the order in which they were registered. */
  readonly versions: ReadonlyMap<VersionRef, VersionState>;
  /** The version that scores; at most one per stream. */
  readonly production: VersionRef | null;
  /** Where a rollback leads: earlier production versions, the latest last. */
  readonly previous: readonly VersionRef[];
  /**
   * Names that point at versions. `champion` is production, always; `challenger` is the newest Staging version unless
   * it was set by hand; both are missing where there is none.
   */
  readonly aliases: ReadonlyMap<string, VersionRef>;
  /** The aliases that were set by hand. */
  readonly ownAliases: ReadonlyMap<string, VersionRef>;
}

/** What is known of one version. */
export interface VersionState {
  readonly ref: VersionRef;
  readonly model: string;
  readonly version: string;
  readonly stage: Stage;
  readonly artifact: ModelArtifact;
  /** Of its present stay in Staging (or of the one that led to Production); Production needs one. */
  readonly approvals: readonly Approval[];
  /** Revision at which it came to its stage. */
  readonly stageRevision: number;
  readonly stageSinceMs: number;
  /** Everything that was decided about it, oldest first. */
  readonly decisions: readonly VersionDecision[];
}

export interface Approval {
  readonly actor: string;
  readonly reason: string;
  /** JSON of the gate's state that the approver saw; null where it wasn't asked. */
  readonly evidence: string | null;
  readonly atMs: number;
}

/** An accepted event about a version. */
export interface VersionDecision {
  readonly type: ModelEventType;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  /** The registry's revision after it. */
  readonly revision: number;
}

/** Before the first event. */
export const EMPTY_REGISTRY: RegistryState = {
  revision: 0,
  versions: new Map(),
  production: null,
  previous: [],
  aliases: new Map(),
  ownAliases: new Map(),
};

/** The aliases that the registry keeps by itself. */
export const CHAMPION = 'champion';
export const CHALLENGER = 'challenger';

/** The Staging versions, the one staged last first: what the shadow runs. */
export function stagingVersions(state: RegistryState): readonly VersionState[] {
  return [...state.versions.values()]
    .filter(({ stage }) => stage === 'staging')
    .sort((a, b) => b.stageRevision - a.stageRevision);
}
