import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { text } from '../clickhouse/literals.ts';
import { closedIn, millis, ofModel, within } from './conditions.ts';

/** Announcements of reports and tries of the way are no news. */
const NO_NEWS = `('report', 'test')`;

export function alertsQuery(scope: ReportScope): string {
  return `SELECT state, severity, signal, subject, model_version AS version, message, runbook,
  ${millis('raised_at')} AS raisedAtMs, silenced_by IS NOT NULL AS isSilenced
FROM alerts
WHERE ${ofModel(scope)} AND signal NOT IN ${NO_NEWS} AND ${within(scope, { wall: 'raised_at', event: 'window_end' })}
ORDER BY raised_at, alert_id`;
}

export function candidatesQuery(scope: ReportScope): string {
  return `SELECT concat(candidate_model, '@', candidate_version) AS candidate, sum(w.pairs) AS pairs, sum(w.production) AS production,
  sum(w.mean_difference * w.pairs) / sum(w.pairs) AS meanDifference, max(w.max_difference) AS maxDifference,
  toUInt64(round(sum(w.band_flip_share * w.pairs))) AS bandFlips
FROM shadow_windows AS w
WHERE candidate_model = ${text(scope.model)} AND ${closedIn(scope, { role: 'pairs', version: 'candidate_version' })}
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
