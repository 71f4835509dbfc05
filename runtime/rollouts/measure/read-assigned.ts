import type { AssignedLeads } from '@scoreline/core/rollout/checks/check-error-rate.ts';
import type { LeadShares } from '@scoreline/core/rollout/checks/check-sample-ratio.ts';
import { readParts, SAMPLED } from './sampling.ts';
import { BOUNDED, IN_ROLLOUT, IN_WINDOW, type MeasureScope, scopeParams } from './scope.ts';

interface CountRow extends AssignedLeads {
  readonly all: number;
}

/** The treatment's leads in the window, and those that it could not score. */
export async function readAssigned(scope: MeasureScope): Promise<AssignedLeads> {
  const { all: _, ...own } = await countLeads(scope, scope.fromMs);
  return own;
}

/** Who got the leads since the share is what it is. */
export async function readShares(scope: MeasureScope): Promise<LeadShares> {
  const { leads, all } = await countLeads(scope, scope.sharesFromMs);
  return { treatment: leads, all, planned: Math.min(1, scope.treatment.share * scope.rollout.share) };
}

/** A row that stands there twice doesn't matter here: leads are counted, not rows. */
async function countLeads(scope: MeasureScope, fromMs: number): Promise<CountRow> {
  const [counts] = await scope.database.query<CountRow>(
    `SELECT uniqExactIf(lead_id, is_own) AS leads, uniqExact(lead_id) AS all,
      uniqExactIf(lead_id, fell_back AND fallback_code != 'model.unavailable') AS failed,
      uniqExactIf(lead_id, fell_back AND fallback_code = 'model.failed') AS threw,
      uniqExactIf(lead_id, fell_back AND fallback_code = 'model.unavailable') AS unavailable
    FROM
    (
      SELECT lead_id, fallback_code, fallback_from = {version:String} AS fell_back,
        fell_back OR (role = 'canary' AND model = {model:String} AND model_version = {version:String}) AS is_own
      FROM lead_scores
      WHERE ${IN_ROLLOUT} AND ${IN_WINDOW} AND ${SAMPLED}
    )
    ${BOUNDED}`,
    { ...scopeParams(scope), from_ms: fromMs, parts: await readParts(scope, fromMs) },
  );
  return counts ?? { leads: 0, failed: 0, threw: 0, unavailable: 0, all: 0 };
}
