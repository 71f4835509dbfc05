import type { ModelArtifact } from '../contracts/model-event.ts';
import type { Refusal } from '../decisions/decision.ts';
import type { VersionRef } from './version-ref.ts';

interface Decided {
  /** Who decides; not empty. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
  /** The revision that the decider looked at; where given, the command is refused at any other. */
  readonly expectedRevision?: number;
}

interface OfVersion extends Decided {
  readonly ref: VersionRef;
}

interface WithEvidence {
  /** JSON of the gate's state at the decision. */
  readonly evidence?: string;
}

/** What can be asked of the registry; one command makes one event at most. */
export type RegistryCommand =
  | (OfVersion & { readonly type: 'register'; readonly artifact: ModelArtifact })
  | (OfVersion & { readonly type: 'stage' })
  | (OfVersion & WithEvidence & { readonly type: 'approve' })
  | (OfVersion & WithEvidence & { readonly type: 'promote' })
  | (OfVersion & { readonly type: 'reject' })
  | (OfVersion & { readonly type: 'archive' })
  /** Without `ref`: to the production version before this one. */
  | (Decided & { readonly type: 'rollback'; readonly ref?: VersionRef })
  /** `ref` null takes the alias away. */
  | (Decided & { readonly type: 'alias'; readonly alias: string; readonly ref: VersionRef | null });

/** Why a decision isn't taken; stable, to be matched by programs. */
export type RefusalCode =
  | 'conflict'
  | 'version.unknown'
  | 'version.other_bytes'
  | 'stage.illegal'
  | 'approval.missing'
  | 'rollback.nowhere'
  | 'alias.reserved'
  | 'alias.unknown'
  | 'event.invalid';

export type RegistryRefusal = Refusal<RefusalCode>;
