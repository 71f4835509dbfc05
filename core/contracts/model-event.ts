// Generated from schemas/model-event.avsc by "npm run generate"; do not edit.
export type ModelEventType = 'unknown' | 'registered' | 'staged' | 'approved' | 'promoted' | 'rejected' | 'archived' | 'rolled_back' | 'aliased';

export interface ModelArtifact {
  /** The version's folder in the artifact store. */
  readonly uri: string;
  /** Of manifest.json, which holds the hashes of the other files. */
  readonly manifest_sha256: string;
}

/** A decision about a model version. Topic model-registry, one partition, kept for ever; key: the model's name as UTF-8. It counts only if expected_revision is the registry's revision when it is read and the decision is legal then; docs/model-lifecycle.md has the rules. */
export interface ModelEvent {
  /** UUID of this attempt: by it a writer finds its own event when it reads the topic back. */
  readonly event_id: string;
  /** The registry's revision (number of accepted events) that the decision was made at. */
  readonly expected_revision: number;
  /** What was decided; unknown: a type that this reader doesn't know, which it ignores. */
  readonly type: ModelEventType;
  /** Of the version decided on; rolled_back: of the one that becomes production again. Empty with version: the alias is taken away. */
  readonly model: string;
  readonly version: string;
  /** aliased: the name that points at the version from now on. */
  readonly alias: null | string;
  /** Who decided. */
  readonly actor: string;
  /** Why, in the actor's words. */
  readonly reason: string;
  /** registered: where the package lies. */
  readonly artifact: null | ModelArtifact;
  /** JSON of the gate's state at the decision; null where it wasn't asked. */
  readonly evidence: null | string;
  readonly decided_at: number;
}
