import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/**
 * Alerts that no window decides (a report is there, a training is wished): they go the way of all others, through
 * `alert_decisions`, so that a crash loses none and each reaches topic, table and people. `role` there says which half
 * of an announcement's life a row is; with model, version, size and moment it names it.
 */
type Half = 'announced' | 'withdrawn';

/** Stores an announcement; the same again changes nothing. */
export async function announce(database: Database, alert: Omit<ScoringAlert, 'state'>): Promise<void> {
  await store(database, 'announced', { ...alert, state: 'firing' });
}

/** Ends an announcement, with a message that says why. */
export async function withdraw(
  database: Database,
  alert: ScoringAlert,
  { message, nowMs }: { readonly message: string; readonly nowMs: number },
): Promise<void> {
  await store(database, 'withdrawn', { ...alert, state: 'resolved', message, raised_at: nowMs });
}

/** Whether it was announced before, by whatever version served then, withdrawn since or not. */
export async function isAnnounced(
  database: Pick<Database, 'query'>,
  alert: Omit<ScoringAlert, 'state'>,
): Promise<boolean> {
  const [row] = await database.query<{ count: number }>(
    `SELECT count() AS count FROM alert_decisions
    WHERE role = 'announced' AND model = {model:String}
      AND window_size = {size:String} AND window_start = fromUnixTimestamp64Milli({at:Int64}, 'UTC')`,
    {
      model: alert.model,
      size: alert.window_size,
      at: alert.window_start,
    },
  );
  return (row?.count ?? 0) > 0;
}

/** Announcements of a signal that nobody has withdrawn, oldest first; a hundred at most, the rest next time. */
export async function readOpen(
  database: Pick<Database, 'query'>,
  signal: string,
): Promise<readonly ScoringAlert[]> {
  const rows = await database.query<{ changes: string }>(
    `SELECT changes FROM alert_decisions FINAL
    WHERE role = 'announced' AND JSONExtractString(changes, 1, 'signal') = {signal:String}
      AND (model, model_version, window_size, window_start) NOT IN
        (SELECT model, model_version, window_size, window_start FROM alert_decisions WHERE role = 'withdrawn')
    ORDER BY decided_at
    LIMIT 100`,
    { signal },
  );
  return rows.flatMap(({ changes }) => JSON.parse(changes) as ScoringAlert[]);
}

async function store(database: Database, role: Half, alert: ScoringAlert): Promise<void> {
  await database.insert('alert_decisions', [
    {
      model: alert.model,
      model_version: alert.model_version,
      role,
      window_size: alert.window_size,
      clock: 'wall',
      window_start: alert.window_start,
      window_end: alert.window_end,
      revision: 0,
      state: '[]',
      changes: JSON.stringify([alert]),
      published: 0,
    },
  ]);
}
