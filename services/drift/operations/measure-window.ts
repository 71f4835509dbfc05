import { AHEAD_TOLERANCE_MS } from '@scoreline/core/windows/watermark.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { WallWindow, WindowColumns } from './operation-row.ts';
import { readSpent } from './spent.ts';
import { timeIn, timeOf } from './sql.ts';

/** What happened in a window, whichever versions served in it; canaries' leads are served too. */
export async function measureWindow(
  database: Database,
  window: WallWindow,
  leadsWaiting: number,
): Promise<WindowColumns> {
  const span = { start: window.startMs, end: window.endMs };
  const [scores] = await database.query<ServedRow>(
    `SELECT count() AS scored, countIf(fallback_code != '') AS fallbacks,
      countIf(toUnixTimestamp64Milli(event_time) > toUnixTimestamp64Milli(source_timestamp) + {tolerance:Int64}) AS ahead
    FROM lead_scores FINAL
    WHERE ${SERVED} AND ${timeIn('scored_at')}`,
    { ...span, tolerance: AHEAD_TOLERANCE_MS },
  );
  const dead = await database.query<{ code: string; count: number }>(
    `SELECT error_code AS code, count() AS count FROM dead_letters_raw FINAL
    WHERE ${GIVEN_UP} AND ${timeIn('failed_at')}
    GROUP BY code`,
    span,
  );
  return {
    scored: scores?.scored ?? 0,
    fallbacks: scores?.fallbacks ?? 0,
    ahead_of_record: scores?.ahead ?? 0,
    dead_letters: dead.reduce((sum, { count }) => sum + count, 0),
    dead_letter_codes: Object.fromEntries(dead.map(({ code, count }) => [code, count])),
    leads_waiting: leadsWaiting,
    last_lead_at: await findLastLead(database, window),
    ...(await readSpent(database, window)),
  };
}

interface ServedRow {
  readonly scored: number;
  readonly fallbacks: number;
  readonly ahead: number;
}

const SERVED = `role IN ('production', 'canary')`;
const GIVEN_UP = `role != 'shadow'`;

/** When a lead was last scored or given up before the window's end: sought from what earlier windows found. */
async function findLastLead(database: Database, window: WallWindow): Promise<number | null> {
  const [earlier] = await database.query<{ last: number | null }>(
    `SELECT toUnixTimestamp64Milli(max(last_lead_at)) AS last FROM operation_windows_raw
    WHERE window_start < ${timeOf('before')}`,
    { before: window.startMs },
  );
  const [newest] = await database.query<{ last: number | null }>(
    `SELECT max(last) AS last
    FROM
    (
      SELECT toUnixTimestamp64Milli(maxOrNull(scored_at)) AS last FROM lead_scores WHERE ${SERVED} AND ${timeIn('scored_at')}
      UNION ALL
      SELECT toUnixTimestamp64Milli(maxOrNull(failed_at)) AS last FROM dead_letters_raw WHERE ${GIVEN_UP} AND ${timeIn('failed_at')}
    )`,
    { start: earlier?.last ?? 0, end: window.endMs },
  );
  return newest?.last ?? earlier?.last ?? null;
}
