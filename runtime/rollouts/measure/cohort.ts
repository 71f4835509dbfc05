import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import type { QueryParams } from '../../clickhouse/database.ts';
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

/** The parameters of {@link COHORT}. */
export function cohortParams({ rolloutId, plan, startedAtMs, asOfMs }: CohortScope): QueryParams {
  return {
    rollout: rolloutId,
    started_ms: startedAtMs - CLOCKS_DIFFER_MS,
    horizon_ms: plan.horizon_ms,
    without_outcome: plan.without_outcome,
    as_of_ms: asOfMs ?? 0,
  };
}

const OF_ROLLOUT = `${IN_ROLLOUT} AND scored_at >= fromUnixTimestamp64Milli({started_ms:Int64}, 'UTC')`;

/**
 * One row a lead of the rollout, in the arm of its first event there: that decides, since what came later may owe to
 * what the first did. With it what became of the lead after that event: whether it converted (after any of its events),
 * its best label, its revenue in all. The view experiment_results says the same for all rollouts.
 */
export const COHORT = `
  (
    SELECT e.lead_id AS lead_id, e.first.1 AS is_control, e.first.2 AS arm, e.first.3 AS is_fallback, e.first.4 AS score,
      toUnixTimestamp64Milli(e.first.5) AS event_ms, toUnixTimestamp64Milli(e.first.6) AS scored_ms,
      e.has_failed AND NOT is_control AS has_failed, event_ms + {horizon_ms:Int64} <= {as_of_ms:Int64} AS is_mature,
      is_mature AND (o.known OR {without_outcome:String} = 'negative') AS is_labelled,
      o.converted AS converted, o.label AS label, o.value AS value
    FROM
    (
      SELECT lead_id, max(fallback_from != '') AS has_failed,
        argMin((role = 'production' AND fallback_from = '', if(fallback_from = '', model_version, fallback_from),
          fallback_from != '', score, event_time, scored_at), (scored_at, event_time, source_offset)) AS first
      FROM lead_scores
      WHERE ${OF_ROLLOUT}
      GROUP BY lead_id
    ) AS e
    LEFT JOIN
    (
      SELECT a.lead_id AS lead_id, true AS known, max(a.newest.1) AS converted, max(a.newest.2) AS label, sum(a.newest.3) AS value
      FROM
      (
        SELECT lead_id, event_id,
          argMax((converted, coalesce(label, toFloat64(converted)), value, occurred_at), (recorded_at, ingested_at)) AS newest
        FROM lead_outcomes
        WHERE lead_id IN (SELECT lead_id FROM lead_scores WHERE ${OF_ROLLOUT})
        GROUP BY lead_id, event_id
      ) AS a
      INNER JOIN (SELECT lead_id, argMin(event_time, (scored_at, event_time, source_offset)) AS since FROM lead_scores WHERE ${OF_ROLLOUT} GROUP BY lead_id) AS f
        ON a.lead_id = f.lead_id
      WHERE a.newest.4 >= f.since
      GROUP BY lead_id
    ) AS o ON e.lead_id = o.lead_id
  )`;
