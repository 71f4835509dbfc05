import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';

/** The topics that drift reads, by their names without prefix. */
export const STREAMS = ['lead-scores', 'lead-shadow-scores', 'lead-outcomes', 'lead-created.dlq'] as const;

export type StreamName = (typeof STREAMS)[number];

/** Streams that carry scores, and so event time. */
export const SCORE_STREAMS = ['lead-scores', 'lead-shadow-scores'] as const satisfies readonly StreamName[];

export type ScoreStream = (typeof SCORE_STREAMS)[number];

/** Streams of which it matters until when they have been read. */
export const PROGRESS_STREAMS = [...SCORE_STREAMS, 'lead-outcomes'] as const satisfies readonly StreamName[];

export type ProgressStream = (typeof PROGRESS_STREAMS)[number];

export function isProgressStream(stream: StreamName): stream is ProgressStream {
  return (PROGRESS_STREAMS as readonly StreamName[]).includes(stream);
}

/** Whose rows a window counts. `pairs`: a candidate beside production. */
export type WindowRole = 'production' | 'canary' | 'shadow' | 'pairs';

/** Which windows belong together: those of one model version in one role. */
export interface Scope {
  readonly model: string;
  readonly modelVersion: string;
  readonly role: WindowRole;
}

/** The alerts' segment of a role; production is all there is. */
export function segmentOf(role: WindowRole): ScoringAlert['segment'] {
  return role === 'canary' ? CANARY : null;
}

/** Whose windows an alert's segment is of: other segments than the canaries' are parts of production's leads. */
export function roleOfSegment(segment: ScoringAlert['segment']): WindowRole {
  return segment === CANARY ? 'canary' : 'production';
}

const CANARY = 'role=canary';
