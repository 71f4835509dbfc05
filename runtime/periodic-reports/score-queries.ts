import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { text, time } from '../clickhouse/literals.ts';
import { closedIn, millis, ofModel, within } from './conditions.ts';

const SCORED = { wall: 'scored_at', event: 'event_time' };

export function versionsQuery(scope: ReportScope): string {
  return `SELECT model_version AS version, role, count() AS leads, avg(score) AS meanScore,
  ${millis('min(event_time)')} AS firstEventMs, ${millis('max(event_time)')} AS lastEventMs
FROM scores
WHERE ${ofModel(scope)} AND role IN ('production', 'canary', 'shadow') AND ${within(scope, SCORED)}
GROUP BY version, role
ORDER BY role = 'shadow', leads DESC`;
}

/** By the hour for a day, by six hours for a week, from the period's start on: midnight of its time zone. */
export function overTimeQuery(scope: ReportScope): string {
  const { kind, startMs, endMs } = scope.period;
  const stepMs = (kind === 'daily' ? 1 : 6) * 3_600_000;
  return `SELECT ${startMs} + intDiv(${millis(SCORED[scope.clock])} - ${startMs}, ${stepMs}) * ${stepMs} AS startMs, count() AS leads
FROM scores
WHERE ${ofModel(scope)} AND role IN ('production', 'canary') AND ${within(scope, SCORED)}
GROUP BY startMs
ORDER BY startMs WITH FILL FROM ${startMs} TO ${endMs} STEP ${stepMs}`;
}

export function serviceQuery(scope: ReportScope): string {
  return `SELECT count() AS leads, latency[1] AS p50Ms, latency[2] AS p95Ms, latency[3] AS p99Ms,
  quantilesExact(0.5, 0.95, 0.99)(${millis('scored_at')} - ${millis('source_timestamp')}) AS latency
FROM scores
WHERE ${ofModel(scope)} AND role IN ('production', 'canary') AND ${within(scope, SCORED)}`;
}

export function deadLettersQuery(scope: ReportScope): string {
  return `SELECT error_code AS code, count() AS count
FROM dead_letters
WHERE ${within(scope, { wall: 'failed_at', event: 'failed_at' })}
GROUP BY code
ORDER BY count DESC`;
}

/** By days of UTC, of all models: the machines serve them together. */
export function costQuery({ period }: ReportScope): string {
  return `SELECT c.currency AS currency, sum(c.cost) AS cost, sum(c.scored) AS scored
FROM cost_daily AS c
WHERE c.day >= toDate(${time(period.startMs)}) AND c.day <= toDate(${time(period.endMs - 1)}) AND c.cost IS NOT NULL
GROUP BY c.currency
ORDER BY currency`;
}

/** Bands, worst first as in the manifest, beside those of the reference. */
export function bandsQuery(scope: ReportScope, version: string): string {
  return `SELECT r.label AS label, s.leads AS leads, r.count AS reference
FROM (SELECT * FROM reference_bins FINAL WHERE ${ofVersion(scope, version)} AND subject = '(bands)' AND kind = 'ordinary') AS r
LEFT JOIN
(
  SELECT toString(band) AS label, count() AS leads FROM scores
  WHERE ${ofVersion(scope, version)} AND role = 'production' AND ${within(scope, SCORED)}
  GROUP BY label
) AS s ON r.label = s.label
ORDER BY r.bin`;
}

/** The score by the bins of its reference. */
export function scoreBinsQuery(scope: ReportScope, version: string): string {
  return `WITH
  (SELECT arraySort(groupArray(assumeNotNull(upper_edge))) FROM reference_bins FINAL
    WHERE ${ofVersion(scope, version)} AND subject = '(score)' AND upper_edge IS NOT NULL) AS edges
SELECT r.label AS label, s.leads AS leads, r.count AS reference
FROM
(
  SELECT * FROM reference_bins FINAL
  WHERE ${ofVersion(scope, version)} AND subject = '(score)' AND kind = 'ordinary' AND notEmpty(edges)
) AS r
LEFT JOIN
(
  SELECT toUInt16(arrayCount(edge -> edge < score, edges)) AS bin, count() AS leads FROM scores
  WHERE ${ofVersion(scope, version)} AND role = 'production' AND ${within(scope, SCORED)}
  GROUP BY bin
) AS s ON r.bin = s.bin
ORDER BY r.bin`;
}

/**
 * Each subject's worst window by each statistic, what drifted before what didn't; of the longest size that closed, since a
 * day of one weekday differs from training by being a day.
 */
export function driftQuery(scope: ReportScope): string {
  const worst = (column: string): string =>
    `argMax(${column}, (r.verdict = 'drifted', r.value / r.threshold))`;
  return `SELECT r.signal AS signal, r.subject AS subject, r.statistic AS statistic, ${worst('r.value')} AS value,
  ${worst('r.threshold')} AS threshold, ${worst('r.sample_size')} AS sampleSize, ${worst('toString(r.window_size)')} AS size,
  ${millis(worst('r.window_start'))} AS startMs, ${worst('toString(r.verdict)')} AS verdict, ${worst('r.detail')} AS detail,
  max(r.importance) AS importance, count() AS judged, countIf(r.verdict = 'drifted') AS drifted
FROM
(
  SELECT * FROM drift_results
  WHERE ${inWindows(scope)} AND verdict IN ('ok', 'drifted') AND threshold > 0 AND value IS NOT NULL
    AND window_size IN (SELECT argMax(window_size, dateDiff('second', window_start, window_end)) FROM drift_results WHERE ${inWindows(scope)})
) AS r
GROUP BY r.signal, r.subject, r.statistic
ORDER BY drifted > 0 DESC, value / threshold DESC`;
}

export function verdictsQuery(scope: ReportScope): string {
  return `SELECT window_size AS size, verdict, uniqExact(model_version, window_start) AS windows
FROM drift_results
WHERE ${inWindows(scope)}
GROUP BY size, verdict
ORDER BY size, verdict`;
}

/** What alarms; of window sizes that never do, the statistics that everybody knows. */
const MAY_ALARM_OR_IS_TOLD = `(alarms OR statistic IN ('psi', 'share', 'share_difference')
    AND window_size NOT IN (SELECT DISTINCT window_size FROM drift_results WHERE alarms))`;

function inWindows(scope: ReportScope): string {
  return `${ofModel(scope)} AND role = 'production' AND signal IN ('feature_drift', 'prediction_drift', 'missing_rate', 'new_category')
  AND ${closedIn(scope, { role: 'production', version: 'model_version' })} AND ${MAY_ALARM_OR_IS_TOLD}`;
}

function ofVersion(scope: ReportScope, version: string): string {
  return `${ofModel(scope)} AND model_version = ${text(version)}`;
}
