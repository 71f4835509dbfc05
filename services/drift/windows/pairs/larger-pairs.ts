import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../../streams.ts';
import type { PlannedWindow, WindowCount } from '../plan.ts';
import { inWindows, scopeParams, windowOf, windowParams } from '../sql.ts';
import { insertPairWindows } from './insert-pairs.ts';

/** How many rows of either side the base windows inside each of these larger ones have had; those without any are left out. */
export function countBasePairs(
  database: Database,
  scope: Scope,
  baseSize: string,
  windows: readonly { startMs: number; endMs: number }[],
): Promise<WindowCount[]> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  return database.query<WindowCount>(
    `SELECT ${windowOf('window_start')} AS startMs, sum(production + shadow + w.forgotten) AS count,
      sum(w.forgotten) AS forgotten
    FROM shadow_windows_raw AS w FINAL
    WHERE ${baseIn(windows)}
    GROUP BY startMs`,
    { ...scopeParams(scope), base: baseSize, starts },
  );
}

/**
 * Sums larger windows of pairs from their base windows: everything adds up, and ranks are told of their samples. Where one
 * with pairs has no sample (it was computed before there were any), what the others have wouldn't be even: ranks aren't told.
 */
export async function computeLargerPairs(
  database: Database,
  scope: Scope,
  sizes: { readonly base: string; readonly size: string },
  windows: readonly PlannedWindow[],
  mostSampled: number,
): Promise<void> {
  const sums = `
    SELECT ${windowOf('window_start')} AS s, sum(production) AS production_leads, sum(shadow) AS shadow_leads,
      sum(pairs) AS pair_count, sum(difference_sum) AS difference_total, sum(absolute_difference_sum) AS absolute_total,
      max(max_absolute_difference) AS largest, sumMap(flip_matrix) AS flips, sum(band_flips) AS flip_count,
      if(countIf(pairs > 0 AND empty(w.sample)) > 0, [], groupArraySortedArray(${mostSampled})(w.sample)) AS sample
    FROM shadow_windows_raw AS w FINAL
    WHERE ${baseIn(windows)}
    GROUP BY s`;
  const params = { ...windowParams(scope, sizes.size, windows), base: sizes.base };
  await database.command(insertPairWindows(sums), params);
}

function baseIn(windows: readonly { startMs: number; endMs: number }[]): string {
  return `model = {model:String} AND model_version = {version:String} AND window_size = {base:String}
      AND ${inWindows('window_start', windows)}`;
}
