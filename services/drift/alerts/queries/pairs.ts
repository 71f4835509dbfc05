import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { text, time } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Share of pairs whose band differs. */
export function bandFlipQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT countIf(band_flip) / count() AS value
FROM shadow_pairs
WHERE candidate_model = ${text(window.model)} AND candidate_version = ${text(window.modelVersion)}
  AND event_time >= ${time(window.startMs)} AND event_time < ${time(window.endMs)}`;
}
