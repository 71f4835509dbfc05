import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { NOT_FORGOTTEN } from './forgotten.ts';
import type { WindowCount } from './plan.ts';
import { inWindows, scopeParams, windowOf } from './sql.ts';

/**
 * How many rows of lead_scores each of these base windows has had, erased ones included; those without any are left
 * out. `whose` is a condition on model, version and role, `having` one on the rows of a window that aren't erased.
 */
export function countRows(
  database: Database,
  scope: Scope,
  windows: readonly { readonly startMs: number; readonly endMs: number }[],
  { whose, having = 'count() > 0' }: { readonly whose: string; readonly having?: string },
): Promise<WindowCount[]> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  return database.query<WindowCount>(
    `SELECT startMs, sum(n) AS count, sum(gone) AS forgotten
    FROM
    (
      SELECT ${windowOf('event_time')} AS startMs, count() AS n, toUInt64(0) AS gone
      FROM lead_scores FINAL
      WHERE ${whose} AND ${inWindows('event_time', windows)} AND ${NOT_FORGOTTEN}
      GROUP BY startMs
      HAVING ${having}
      UNION ALL
      SELECT ${windowOf('minute')} AS startMs, toUInt64(forgotten) AS n, toUInt64(forgotten) AS gone
      FROM forgotten_rows FINAL
      WHERE ${whose} AND ${inWindows('minute', windows)}
    )
    GROUP BY startMs`,
    { ...scopeParams(scope), starts },
  );
}
