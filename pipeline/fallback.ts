import type { RejectionCode } from './rejection.ts';

/** Why a treatment could not score a lead: docs/dead-letters.md explains each. */
export type FallbackCode =
  | RejectionCode
  /** Its inference threw: none of the batch's leads that it was to score has a score of it. */
  | 'model.failed'
  /** It isn't in memory (yet). */
  | 'model.unavailable';

/** That production scores a lead instead of the version that the rollout assigned. */
export interface Fallback {
  /** The version that was assigned. */
  readonly model: string;
  readonly version: string;
  readonly code: FallbackCode;
  /** Says what and where, never the lead's data. */
  readonly message: string;
}
