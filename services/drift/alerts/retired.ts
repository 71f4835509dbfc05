import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';

/** When a scope was last scored for. */
export interface LastScore extends Scope {
  readonly lastMs: number;
}

/** A version that served is retired once another has scored, and it hasn't, for this long: switches take their time. */
const SERVED_AGO_MS = 10 * 60_000;
/** A candidate may be away for long and come back, and a canary may have a lead now and then. */
const TRIED_AGO_MS = 24 * 3_600_000;
/** How long after its end a wall-clock window is measured at the latest. */
const MEASURED_AFTER_MS = 30_000;

/** The time, and the length of the policy's wall-clock windows. */
export interface RetiredAt {
  readonly nowMs: number;
  readonly windowMs: number;
}

/**
 * Whether the leads of a scope have gone to others: it hasn't been scored for in a while, and since then another
 * version of its model served; of a candidate or a canary any version, as its own may have become production. Where
 * nobody scores, as at night, nobody is retired.
 */
export function isRetired(
  { model, modelVersion, role }: Scope,
  scores: readonly LastScore[],
  { nowMs, windowMs }: RetiredAt,
): boolean {
  const ofModel = scores.filter((score) => score.model === model);
  const own = ofModel.find((score) => score.modelVersion === modelVersion && score.role === role);
  const lastMs = own?.lastMs ?? -Infinity;
  if (nowMs - lastMs <= (role === 'production' ? servedAgoMs(windowMs) : TRIED_AGO_MS)) return false;
  return ofModel.some(
    (score) =>
      score.role === 'production' &&
      score.lastMs > lastMs &&
      (role !== 'production' || score.modelVersion !== modelVersion),
  );
}

/** Scopes that were scored for lately enough to matter to `isRetired`. */
export function readLastScores(
  database: Pick<Database, 'query'>,
  { nowMs, windowMs }: RetiredAt,
): Promise<readonly LastScore[]> {
  return database.query<LastScore>(
    `SELECT model, model_version AS modelVersion, if(role = 'shadow', 'pairs', toString(role)) AS role,
      toUnixTimestamp64Milli(max(scored_at)) AS lastMs
    FROM lead_scores
    WHERE scored_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC')
    GROUP BY model, modelVersion, role`,
    { after: nowMs - Math.max(TRIED_AGO_MS, servedAgoMs(windowMs)) },
  );
}

function servedAgoMs(windowMs: number): number {
  return Math.max(SERVED_AGO_MS, windowMs + MEASURED_AFTER_MS);
}
