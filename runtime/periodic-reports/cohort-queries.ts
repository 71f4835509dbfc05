import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { closedBefore, millis, ofModel } from './conditions.ts';

/** Cohorts that a report shows. */
const MOST_COHORTS = 12;
/** Below so many labels a cohort tells little: the window size with the most cohorts above is shown. */
const TELLING = 200;

/** The newest mature cohorts that were known by then, oldest first, of the window size that tells most. */
export function performanceQuery(scope: ReportScope): string {
  return `WITH ${knownThen(scope)}
SELECT version, role, size, startMs, endMs, labels, unknown, conversions, expected, auc, aucLow, aucHigh, estimatedAuc,
  if(labels = 0, NULL, squaredError / labels) AS brier, lift, revenuePerLead, closeTimeMs,
  if(expected = 0, NULL, conversions / expected) AS ratio, ratioLow, ratioHigh
FROM (SELECT * FROM cohorts WHERE ${OF_TELLING_SIZE} ORDER BY endMs DESC, role LIMIT ${MOST_COHORTS})
ORDER BY endMs, role DESC, version`;
}

/** Bands of the newest of these cohorts. */
export function businessQuery(scope: ReportScope): string {
  return `WITH ${knownThen(scope)}
SELECT at AS band, sample_size AS leads, value AS conversion, low, high
FROM known
WHERE role = 'production' AND kind = 'realised' AND metric = 'band_conversion' AND value IS NOT NULL
  AND (model_version, window_size, ${millis('window_start')}) IN
  (
    SELECT version, size, startMs FROM cohorts
    WHERE ${OF_TELLING_SIZE} AND role = 'production' AND labels > 0 ORDER BY endMs DESC LIMIT 1
  )
ORDER BY value DESC`;
}

const OF_TELLING_SIZE = `size IN
  (
    SELECT size FROM cohorts GROUP BY size ORDER BY countIf(labels >= ${TELLING}) DESC, sum(labels) DESC LIMIT 1
  )`;

/** `known`: metrics in the newest revision that was known by then; `cohorts`: a row for each that is mature. */
function knownThen(scope: ReportScope): string {
  const cohort = 'model_version, role, window_size, window_start';
  const of = (metric: string, column = 'value'): string =>
    `anyIf(${column}, kind = 'realised' AND metric = '${metric}')`;
  return `known AS
(
  SELECT * FROM performance_revisions
  WHERE ${ofModel(scope)} AND (${cohort}, kind, revision) IN
  (
    SELECT ${cohort}, kind, max(revision) FROM performance_revisions
    WHERE ${ofModel(scope)} AND role IN ('production', 'canary') AND ${closedBefore(scope)}
    GROUP BY ${cohort}, kind
  )
),
cohorts AS
(
  SELECT model_version AS version, role, window_size AS size, ${millis('window_start')} AS startMs, ${millis('window_end')} AS endMs,
    toUInt64(ifNull(${of('leads')}, 0)) AS labels, toUInt64(ifNull(${of('unknown')}, 0)) AS unknown,
    ifNull(${of('conversions')}, 0) AS conversions, ifNull(${of('expected')}, 0) AS expected,
    ${of('auc')} AS auc, ${of('auc', 'low')} AS aucLow, ${of('auc', 'high')} AS aucHigh,
    anyIf(value, kind = 'estimated' AND metric = 'auc') AS estimatedAuc, ${of('squared_error')} AS squaredError,
    ${of('lift')} AS lift, ${of('revenue_per_lead')} AS revenuePerLead, ${of('close_time_ms')} AS closeTimeMs,
    ${of('observed_over_expected', 'low')} AS ratioLow, ${of('observed_over_expected', 'high')} AS ratioHigh
  FROM known
  GROUP BY version, role, size, startMs, endMs
  HAVING countIf(kind = 'realised') > 0
)`;
}
