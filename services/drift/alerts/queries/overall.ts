import { resultsOf, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** These always alarm; which of the others do is the policy's `alarm_on`. */
const OF_SHARES = ['share', 'share_difference'];

/**
 * Share of the model's importance on features that have drifted. Which these are is a matter of tests over all of
 * them, so it starts from the window's results, each of which has its own query.
 */
export function overallQuery(context: QueryContext): string {
  const { policy } = context;
  const counting = [...(policy?.drift.alarmOn ?? []), ...OF_SHARES].filter(
    (name) => name !== 'weighted_share',
  );
  const ignored = [...(policy?.drift.ignore ?? [])];
  return `SELECT sumIf(weight, drifted) / greatest(sum(weight), 1e-300) AS value
FROM
(
  SELECT if(sum(any(importance)) OVER () > 0, ifNull(any(importance), 0), 1) AS weight,
    countIf(verdict = 'drifted' AND statistic IN (${counting.map(text).join(', ')})) > 0 AS drifted
  FROM ${resultsOf(context)}
    AND signal IN ('feature_drift', 'missing_rate', 'new_category') AND statistic NOT IN ('weighted_share', 'mahalanobis')
    AND verdict IN ('ok', 'drifted')${ignored.length === 0 ? '' : ` AND subject NOT IN (${ignored.map(text).join(', ')})`}
  GROUP BY subject
)`;
}
