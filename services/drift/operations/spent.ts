import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { AskedBeside, WallWindow, WindowColumns } from './operation-row.ts';
import { timeIn } from './sql.ts';

const DAY_MS = 86_400_000;

type SpentColumns = Pick<WindowColumns, 'cpu_seconds' | 'memory_gib_seconds' | 'instances_away'>;

/** What all instances together used in a window; null where no instance could be compared with an earlier answer. */
export async function readSpent(database: Database, window: WallWindow): Promise<SpentColumns> {
  const [spent] = await database.query<{ cpu: number; memory: number; known: number; away: number }>(
    `SELECT sum(cpu_seconds) AS cpu, sum(memory_gib_seconds) AS memory, countIf(seconds > 0) AS known,
      countIf(state = 'away') AS away
    FROM spending_raw FINAL
    WHERE ${timeIn('window_start')}`,
    { start: window.startMs, end: window.endMs },
  );
  const known = spent !== undefined && spent.known > 0 ? spent : undefined;
  return {
    cpu_seconds: known?.cpu ?? null,
    memory_gib_seconds: known?.memory ?? null,
    instances_away: spent?.away ?? 0,
  };
}

/**
 * Cost of 1,000 scores over the day that ends with a window, which must be stored before; of windows whose scores had all
 * been read, since another's cost would be set against a part of them.
 */
export async function readDayCost(
  database: Database,
  { size, endMs }: WallWindow,
): Promise<Omit<AskedBeside, 'usual'>> {
  const [day] = await database.query<{ scored: number; cost: number }>(
    `SELECT sum(of_window.1) AS scored, sum(of_window.2) AS cost
    FROM
    (
      SELECT any((scored, assumeNotNull(cost))) AS of_window FROM operation_windows_raw FINAL
      WHERE window_size = {size:String} AND cost IS NOT NULL AND caught_up = 1 AND ${timeIn('window_start')}
      GROUP BY window_start
    )`,
    { size, start: endMs - DAY_MS, end: endMs },
  );
  if (day === undefined || day.scored === 0) return { costPerThousand: null, costedScores: 0 };
  return { costPerThousand: (1_000 * day.cost) / day.scored, costedScores: day.scored };
}
