import type { Period } from '@scoreline/core/reports/period.ts';
import type { ReportClock } from '@scoreline/core/reports/report.ts';
import type { Database } from '../clickhouse/database.ts';
import { time } from '../clickhouse/literals.ts';

/** Models that production scored by in a period. */
export async function findReportedModels(
  database: Pick<Database, 'query'>,
  { startMs, endMs }: Period,
  clock: ReportClock,
): Promise<readonly string[]> {
  const column = clock === 'wall' ? 'scored_at' : 'event_time';
  const rows = await database.query<{ model: string }>(
    `SELECT DISTINCT model FROM lead_scores
    WHERE role = 'production' AND ${column} >= ${time(startMs)} AND ${column} < ${time(endMs)}
    ORDER BY model`,
  );
  return rows.map(({ model }) => model);
}
