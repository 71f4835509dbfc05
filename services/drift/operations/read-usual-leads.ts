import { learnUsualLeads, type UsualLeads } from '@scoreline/core/operations/usual-leads.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { WallWindow } from './operation-row.ts';
import { timeIn } from './sql.ts';

const WEEK_MS = 7 * 86_400_000;
const WEEKS = 8;

/**
 * What came in the span of `spanMs` before a window's end in each of the eight weeks before, by the stored windows of the
 * same size. A week without stored windows is one in which nobody watched.
 */
export async function readUsualLeads(
  database: Database,
  { size, startMs, endMs }: WallWindow,
  spanMs: number,
): Promise<UsualLeads> {
  const spans = await database.query<{ weeksAgo: number; leads: number; windows: number }>(
    `SELECT intDiv(age, {week:Int64}) AS weeksAgo, sum(leads) AS leads, count() AS windows
    FROM
    (
      SELECT {end:Int64} - toUnixTimestamp64Milli(window_start) - 1 AS age, max(scored + dead_letters) AS leads
      FROM operation_windows_raw FINAL
      WHERE window_size = {size:String} AND caught_up = 1 AND ${timeIn('window_start')}
      GROUP BY window_start
    )
    WHERE age % {week:Int64} < {span:Int64} AND weeksAgo >= 1
    GROUP BY weeksAgo`,
    { size, week: WEEK_MS, span: spanMs, start: endMs - WEEKS * WEEK_MS - spanMs, end: endMs },
  );
  const windowsOfSpan = Math.floor(spanMs / (endMs - startMs));
  return learnUsualLeads(
    spans.map(({ weeksAgo, leads, windows }) => ({ weeksAgo, leads, watched: windows / windowsOfSpan })),
  );
}
