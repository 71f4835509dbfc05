import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { ofVersion, scoredIn, servedIn, time } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Dead letters among all events of a wall-clock window. */
export function errorShareQuery(_: DriftResult, { window }: QueryContext): string {
  const failed = `SELECT count() FROM dead_letters WHERE role != 'shadow' AND failed_at >= ${time(window.startMs)} AND failed_at < ${time(window.endMs)}`;
  const scored = `SELECT count() FROM scores WHERE role IN ('production', 'canary') AND ${scoredIn(window)}`;
  return `WITH (${failed}) AS dead, (${scored}) AS scored\nSELECT dead / greatest(1, dead + scored) AS value`;
}

/** From the lead event on Kafka to its score, in milliseconds: the 95th percentile. */
export function latencyQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT quantileExact(0.95)(toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp)) AS value
FROM scores
WHERE ${servedIn(window)}`;
}

/** Milliseconds from the last score to the window's end. */
export function silenceQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT ${window.endMs} - toUnixTimestamp64Milli(max(scored_at)) AS value
FROM scores
WHERE ${ofVersion(window)} AND role = 'production' AND scored_at < ${time(window.endMs)}`;
}
