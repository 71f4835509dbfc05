import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { AHEAD_TOLERANCE_MS } from '@scoreline/core/windows/watermark.ts';
import { ofVersion, scoredIn, servedIn, text, time } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

const DAY_MS = 86_400_000;
const SERVED = `role IN ('production', 'canary')`;

/** Dead letters, or leads that a model failed on, among all events of a wall-clock window. */
export function errorShareQuery({ subject }: DriftResult, { window }: QueryContext): string {
  const isModels = subject === 'model_failures';
  const failed = isModels ? `countIf(startsWith(error_code, 'model.'))` : 'count()';
  const fallbacks = isModels ? ` + countIf(fallback_code != '')` : '';
  return `WITH
  (SELECT (${failed}, count()) FROM dead_letters WHERE role != 'shadow' AND failed_at >= ${time(window.startMs)} AND failed_at < ${time(window.endMs)}) AS dead
SELECT (dead.1${fallbacks}) / greatest(1, dead.2 + count()) AS value
FROM scores
WHERE ${SERVED} AND ${scoredIn(window)}`;
}

/** From the lead event on Kafka to its score, in milliseconds: the 95th percentile. */
export function latencyQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT quantileExact(0.95)(toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp)) AS value
FROM scores
WHERE ${servedIn(window)}`;
}

/** Milliseconds from the version's last score, or from the last lead, to the window's end. */
export function silenceQuery({ subject }: DriftResult, { window }: QueryContext): string {
  if (subject === 'leads') return leadSilenceQuery(window);
  return `SELECT ${window.endMs} - toUnixTimestamp64Milli(max(scored_at)) AS value
FROM scores
WHERE ${ofVersion(window)} AND role = 'production' AND scored_at < ${time(window.endMs)}`;
}

function leadSilenceQuery({ endMs }: WindowIdentity): string {
  return `SELECT ${endMs} - toUnixTimestamp64Milli(max(last)) AS value
FROM
(
  SELECT max(scored_at) AS last FROM scores WHERE ${SERVED} AND scored_at < ${time(endMs)}
  UNION ALL
  SELECT max(failed_at) AS last FROM dead_letters WHERE role != 'shadow' AND failed_at < ${time(endMs)}
)`;
}

/** Seconds of work that waited; what waited then is on record only in the window itself. */
export function lagQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT lag_seconds AS value
FROM operation_windows
WHERE ${ofVersion(window)} AND window_size = ${text(window.size)} AND window_start = ${time(window.startMs)}`;
}

/** Events from after Kafka got them among all that were scored. */
export function aheadShareQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT countIf(toUnixTimestamp64Milli(event_time) > toUnixTimestamp64Milli(source_timestamp) + ${AHEAD_TOLERANCE_MS}) / greatest(1, count()) AS value
FROM scores
WHERE ${SERVED} AND ${scoredIn(window)}`;
}

/** What 1,000 scores cost over the day that ends with the window. */
export function dayCostQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT 1000 * sum(of_window.2) / sum(of_window.1) AS value
FROM
(
  SELECT any((scored, assumeNotNull(cost))) AS of_window
  FROM operation_windows
  WHERE window_size = ${text(window.size)} AND cost IS NOT NULL AND caught_up = 1
    AND window_start >= ${time(window.endMs - DAY_MS)} AND window_start < ${time(window.endMs)}
  GROUP BY window_start
)`;
}
