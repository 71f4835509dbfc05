import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import type { PlannedWindow, WindowCount } from './plan.ts';
import {
  IN_SCOPE,
  inWindows,
  scopeParams,
  WINDOW_COLUMNS,
  WINDOW_VALUES,
  windowOf,
  windowParams,
} from './sql.ts';

/** How many leads the base windows inside each of these larger ones hold, erased ones included; those without any are left out. */
export function countBaseWindows(
  database: Database,
  scope: Scope,
  baseSize: string,
  windows: readonly { startMs: number; endMs: number }[],
): Promise<WindowCount[]> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  return database.query<WindowCount>(
    `SELECT ${windowOf('window_start')} AS startMs, sum(score_windows_raw.count + score_windows_raw.forgotten) AS count,
      sum(score_windows_raw.forgotten) AS forgotten
    FROM score_windows_raw FINAL
    WHERE ${baseIn(windows)} AND segment = ''
    GROUP BY startMs`,
    { ...scopeParams(scope), base: baseSize, starts },
  );
}

/** Sums larger windows from their base windows, inside ClickHouse: every count in them adds up, segment by segment. */
export async function computeLargerWindows(
  database: Database,
  scope: Scope,
  sizes: { readonly base: string; readonly size: string },
  windows: readonly PlannedWindow[],
): Promise<void> {
  const params = { ...windowParams(scope, sizes.size, windows), base: sizes.base };
  await database.command(
    `INSERT INTO score_windows_raw (${WINDOW_COLUMNS}, segment, count, score_sum, score_bins, score_cells, score_offsets, bands, unusual_count, unusual_sum, unusual_squares, latency, forgotten)
    SELECT ${WINDOW_VALUES}, segment, sum(count), sum(score_sum), sumMap(score_bins), sumMap(score_cells), sumMap(score_offsets),
      sumMap(CAST(bands, 'Map(String, UInt64)')),
      sum(unusual_count), sum(unusual_sum), sum(unusual_squares), quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(latency),
      sum(score_windows_raw.forgotten)
    FROM score_windows_raw FINAL
    WHERE ${baseIn(windows)}
    GROUP BY ${windowOf('window_start')} AS s, segment`,
    params,
  );
  await database.command(
    `INSERT INTO feature_windows_raw (${WINDOW_COLUMNS}, segment, feature, bins, cells, offsets)
    SELECT ${WINDOW_VALUES}, segment, feature, sumMap(bins), sumMap(cells), sumMap(offsets)
    FROM feature_windows_raw FINAL
    WHERE ${baseIn(windows)}
    GROUP BY ${windowOf('window_start')} AS s, segment, feature`,
    params,
  );
}

function baseIn(windows: readonly { startMs: number; endMs: number }[]): string {
  return `${IN_SCOPE} AND window_size = {base:String} AND ${inWindows('window_start', windows)}`;
}
