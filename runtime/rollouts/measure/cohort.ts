import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import type { QueryParams } from '../../clickhouse/database.ts';
import { SAMPLED } from './sampling.ts';
import { IN_ROLLOUT } from './scope.ts';

/** What leads brought is read by lead, from the rollout's start on. */
export interface CohortScope {
  readonly rolloutId: string;
  readonly plan: Pick<RolloutPlan, 'horizon_ms' | 'without_outcome'>;
  readonly startedAtMs: number;
  readonly asOfMs: number | null;
}

/** A scorer's clock may be behind the controller's: a rollout's leads are looked for from a little before its start. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** The parameters of {@link COHORT}: all leads, unless `parts` says otherwise. */
export function cohortParams({ rolloutId, plan, startedAtMs, asOfMs }: CohortScope): QueryParams {
  return {
    rollout: rolloutId,
    started_ms: startedAtMs - CLOCKS_DIFFER_MS,
    horizon_ms: plan.horizon_ms,
    without_outcome: plan.without_outcome,
    as_of_ms: asOfMs ?? 0,
    parts: 1,
  };
}

const OF_ROLLOUT = `${IN_ROLLOUT} AND scored_at >= fromUnixTimestamp64Milli({started_ms:Int64}, 'UTC')`;

/** Orders the events of a lead as they were scored; a number, since ClickHouse is slow with tuples here. */
const WHEN = 'toUnixTimestamp64Milli(scored_at) * 1048576 + source_offset % 1048576';

/**
 * One row a lead of the rollout, in the arm of its first event there: that decides, since what came later may owe to
 * what the first did. With it what became of the lead after that event: whether it converted (after any of its events),
 * its best label, its revenue in all. The view experiment_results says the same for all rollouts.
 */
export const COHORT = `
  (
    SELECT e.lead_id AS lead_id, e.is_control AS is_control, e.arm AS arm, e.is_fallback AS is_fallback, e.score AS score,
      e.scored_ms AS scored_ms, e.event_ms AS event_ms, e.has_failed AND NOT e.is_control AS has_failed,
      e.event_ms + {horizon_ms:Int64} <= {as_of_ms:Int64} AS is_mature,
      arrayFilter(answer -> answer.1 >= e.event_ms, o.answers) AS after,
      is_mature AND (notEmpty(after) OR {without_outcome:String} = 'negative') AS is_labelled,
      arrayExists(answer -> answer.2, after) AS converted, if(empty(after), 0., arrayMax(after.3)) AS label,
      if(arrayExists(answer -> answer.5, after), arraySum(after.4), NULL) AS value
    FROM
    (
      SELECT lead_id, argMin(role = 'production' AND fallback_from = '', ${WHEN}) AS is_control,
        argMin(toString(if(fallback_from = '', model_version, fallback_from)), ${WHEN}) AS arm,
        argMin(fallback_from != '', ${WHEN}) AS is_fallback, argMin(score, ${WHEN}) AS score,
        argMin(toUnixTimestamp64Milli(event_time), ${WHEN}) AS event_ms, toUnixTimestamp64Milli(min(scored_at)) AS scored_ms,
        max(fallback_from != '') AS has_failed
      FROM lead_scores
      WHERE ${OF_ROLLOUT} AND ${SAMPLED}
      GROUP BY lead_id
    ) AS e
    LEFT JOIN
    (
      SELECT lead_id, groupArray((occurred_ms, has_converted, graded, ifNull(revenue, 0.), isNotNull(revenue))) AS answers
      FROM
      (
        SELECT lead_id, argMax(toUnixTimestamp64Milli(occurred_at), recorded_at) AS occurred_ms,
          argMax(converted, recorded_at) AS has_converted, argMax(ifNull(label, toFloat64(converted)), recorded_at) AS graded,
          argMax(tuple(value), recorded_at).1 AS revenue
        FROM lead_outcomes
        WHERE recorded_at >= (SELECT min(event_time) FROM lead_scores WHERE ${OF_ROLLOUT}) AND ${SAMPLED}
        GROUP BY lead_id, event_id
      )
      GROUP BY lead_id
    ) AS o ON e.lead_id = o.lead_id
  )`;
