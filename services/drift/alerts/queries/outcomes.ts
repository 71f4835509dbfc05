import type { DriftResult } from '@scoreline/core/drift/result.ts';
import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import { inWindow, ofVersion, text, time } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** AUC of the cohort, below what it was compared with; estimated: of the conversions that the scores expect. */
export function performanceQuery({ statistic }: DriftResult, context: QueryContext): string {
  const { trainingAuc, referenceAuc, aucMinimum } = context.baselines ?? {};
  const isEstimated = statistic.startsWith('estimated_');
  const before = isEstimated ? referenceAuc : trainingAuc;
  const limit = String((statistic.endsWith('shortfall') ? aucMinimum : before) ?? 0);
  if (isEstimated) return estimatedAucQuery(limit, context);
  return `SELECT ${statistic === 'auc_fall' ? earlierAuc(context) : limit} - arrayROCAUC(groupArray(score), groupArray(label > 0)) AS value
FROM labelled_scores
WHERE ${labelledIn(context)}`;
}

/** Of the earlier cohorts, each by its leads; those without an interval told nothing. */
function earlierAuc({ window, role, baselines }: QueryContext): string {
  return `(
  SELECT sum(value * sample_size) / sum(sample_size) FROM performance_metrics
  WHERE ${ofVersion(window)} AND role = ${text(role)} AND window_size = ${text(window.size)}
    AND kind = 'realised' AND metric = 'auc' AND low IS NOT NULL
    AND window_start >= ${time(baselines?.earlierFromMs ?? window.startMs)} AND window_start < ${time(window.startMs)}
)`;
}

/** Every pair of leads, the higher-scored one converting and the other not, each with its probability. */
function estimatedAucQuery(limit: string, context: QueryContext): string {
  return `SELECT ${limit} - sum(p * (below + (n - p) / 2)) / (sum(p) * sum(n - p)) AS value
FROM
(
  SELECT score, count() AS n, score * n AS p, sum(n - p) OVER (ORDER BY score) - (n - p) AS below
  FROM scores
  WHERE ${inWindow(context)}
  GROUP BY score
)`;
}

/** Conversions by those expected, or the other way round, less 1. */
export function calibrationQuery(_: DriftResult, context: QueryContext): string {
  return `SELECT greatest(observed / expected, expected / greatest(observed, 0.5)) - 1 AS value
FROM
(
  SELECT toFloat64(countIf(label > 0)) AS observed, sum(score) AS expected
  FROM labelled_scores
  WHERE ${labelledIn(context)}
)`;
}

/** How far the cohort's business is below that of the version's earlier ones, as a share. */
export function businessQuery({ subject }: DriftResult, context: QueryContext): string {
  const { window, role, baselines } = context;
  const of =
    subject === 'revenue_per_lead'
      ? 'sum(value) / count()'
      : `countIf(label > 0 AND band = ${text(baselines?.topBand ?? '')}) / countIf(band = ${text(baselines?.topBand ?? '')})`;
  const earlier = {
    role,
    window: { ...window, startMs: baselines?.earlierFromMs ?? window.startMs, endMs: window.startMs },
  };
  const select = (when: { window: WindowIdentity; role: QueryContext['role'] }): string =>
    `(SELECT ${of} FROM labelled_scores WHERE ${labelledIn(when)})`;
  return `SELECT 1 - ${select(context)}
  / ${select(earlier)} AS value`;
}

function labelledIn({ window, role }: Pick<QueryContext, 'window' | 'role'>): string {
  return `${ofVersion(window)} AND role = ${text(role)} AND label IS NOT NULL
  AND event_time >= ${time(window.startMs)} AND event_time < ${time(window.endMs)}`;
}
