import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { text } from '../clickhouse/literals.ts';
import { closedBefore, closedIn, millis, ofModel, within } from './conditions.ts';

/** Announcements of reports and tries of the way are no news. */
const NO_NEWS = `('report', 'test')`;
/** Cohorts that a report shows. */
const MOST_COHORTS = 12;
/** Below so many labels a cohort tells little: the window size with the most cohorts above is shown. */
const TELLING = 200;

export function alertsQuery(scope: ReportScope): string {
  return `SELECT state, severity, signal, subject, model_version AS version, message, runbook,
  ${millis('raised_at')} AS raisedAtMs, silenced_by IS NOT NULL AS isSilenced
FROM alerts
WHERE ${ofModel(scope)} AND signal NOT IN ${NO_NEWS} AND ${within(scope, { wall: 'raised_at', event: 'window_end' })}
ORDER BY raised_at, alert_id`;
}

/** The newest mature cohorts that were known by then, oldest first, of the window size that tells most. */
export function performanceQuery(scope: ReportScope): string {
  return `SELECT w.model_version AS version, w.role AS role, w.window_size AS size, ${millis('w.window_start')} AS startMs,
  ${millis('w.window_end')} AS endMs, w.count AS labels, w.unknown AS unknown, w.conversions AS conversions,
  w.expected AS expected, w.auc AS auc, w.auc_low AS aucLow, w.auc_high AS aucHigh, w.estimated_auc AS estimatedAuc,
  w.brier AS brier, w.lift AS lift, w.revenue_per_lead AS revenuePerLead, w.close_time_ms AS closeTimeMs,
  w.observed_over_expected AS ratio, m.low AS ratioLow, m.high AS ratioHigh
FROM (SELECT * FROM performance_windows WHERE ${cohorts(scope)} ORDER BY window_end DESC, role LIMIT ${MOST_COHORTS}) AS w
LEFT JOIN
(
  SELECT model_version, role, window_size, window_start, low, high FROM performance_metrics
  WHERE ${ofModel(scope)} AND kind = 'realised' AND metric = 'observed_over_expected'
) AS m ON w.model_version = m.model_version AND w.role = m.role AND w.window_size = m.window_size AND w.window_start = m.window_start
ORDER BY endMs, role DESC, version`;
}

/** Bands of the newest of these cohorts. */
export function businessQuery(scope: ReportScope): string {
  return `SELECT at AS band, sample_size AS leads, value AS conversion, low, high
FROM performance_metrics
WHERE ${ofModel(scope)} AND role = 'production' AND kind = 'realised' AND metric = 'band_conversion' AND value IS NOT NULL
  AND (model_version, window_size, window_start) IN
  (
    SELECT model_version, window_size, window_start FROM performance_windows
    WHERE ${cohorts(scope)} AND role = 'production' AND count > 0 ORDER BY window_end DESC LIMIT 1
  )
ORDER BY value DESC`;
}

function cohorts(scope: ReportScope): string {
  const known = `${ofModel(scope)} AND role IN ('production', 'canary') AND ${closedBefore(scope)}`;
  return `${known} AND window_size IN
  (
    SELECT window_size FROM performance_windows WHERE ${known}
    GROUP BY window_size ORDER BY countIf(count >= ${TELLING}) DESC, sum(count) DESC LIMIT 1
  )`;
}

export function candidatesQuery(scope: ReportScope): string {
  return `SELECT concat(candidate_model, '@', candidate_version) AS candidate, sum(w.pairs) AS pairs, sum(w.production) AS production,
  sum(w.mean_difference * w.pairs) / sum(w.pairs) AS meanDifference, max(w.max_difference) AS maxDifference,
  toUInt64(round(sum(w.band_flip_share * w.pairs))) AS bandFlips
FROM shadow_windows AS w
WHERE candidate_model = ${text(scope.model)} AND ${closedIn(scope)}
  AND window_size = (SELECT argMin(window_size, dateDiff('second', window_start, window_end)) FROM shadow_windows WHERE candidate_model = ${text(scope.model)})
GROUP BY candidate
ORDER BY candidate`;
}

/** Decisions about the rollouts in whose plan the model is; their names may be anything. */
export function rolloutsQuery(scope: ReportScope): string {
  return `SELECT rollout_id AS id, type, share, actor, reason, ${millis('decided_at')} AS atMs
FROM rollout_events
WHERE accepted AND rollout_id IN
  (
    SELECT rollout_id FROM rollout_events
    WHERE accepted AND type = 'started' AND (JSONExtractString(plan, 'control', 'model') = ${text(scope.model)}
      OR has(JSONExtract(plan, 'treatments', 'Array(Tuple(model String))').model, ${text(scope.model)}))
  )
  AND ${within(scope, { wall: 'decided_at', event: 'decided_at' })}
ORDER BY offset`;
}

export function retrainingQuery(scope: ReportScope): string {
  return `SELECT request_id AS id, mode, requested_by AS requestedBy, model_version AS version,
  arrayMap(reason -> JSONExtractString(reason, 'detail'), JSONExtractArrayRaw(evidence)) AS details, ${millis('requested_at')} AS atMs
FROM retraining_requests
WHERE accepted AND ${ofModel(scope)} AND ${within(scope, { wall: 'requested_at', event: 'requested_at' })}
ORDER BY offset`;
}
