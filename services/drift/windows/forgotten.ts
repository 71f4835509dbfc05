import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, inWindows, scopeParams, windowOf } from './sql.ts';

/**
 * A condition on rows of `lead_scores`: not those that an erasure under way has counted in `forgotten_rows` and not yet
 * deleted. They would count twice. One that was cut short before it counted leaves its leads' rows as they are.
 */
export const NOT_FORGOTTEN = `lead_id NOT IN
        (SELECT lead_id FROM erasing_leads WHERE erasure_id IN (SELECT erasure_id FROM forgotten_rows))`;

/** How many rows of the window from `s` on were erased, as planned: a column beside those of `WINDOW_VALUES`. */
export const FORGOTTEN_OF_WINDOW = `transform(s, {starts:Array(Int64)}, {forgotten:Array(UInt64)}, toUInt64(0))`;

/** How many scores of each of these windows were erased, by window start; those that lack none are left out. */
export async function readForgotten(
  database: Database,
  scope: Scope,
  windows: readonly { readonly startMs: number; readonly endMs: number }[],
): Promise<ReadonlyMap<number, number>> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  const rows = await database.query<{ startMs: number; gone: number }>(
    `SELECT ${windowOf('minute')} AS startMs, sum(forgotten) AS gone
    FROM forgotten_rows FINAL
    WHERE ${IN_SCOPE} AND ${inWindows('minute', windows)}
    GROUP BY startMs`,
    { ...scopeParams(scope), starts },
  );
  return new Map(rows.map(({ startMs, gone }) => [startMs, gone]));
}
