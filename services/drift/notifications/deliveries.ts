import type { Attempted } from '@scoreline/core/alerts/delivery/delivery.ts';
import type { PublishedAlert } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** Remembers what became of changes at a sink. */
export async function recordDeliveries(
  database: Database,
  sink: string,
  changes: readonly (Pick<PublishedAlert, 'alert_id' | 'position'> & { readonly attempted: Attempted })[],
  nowMs: number,
): Promise<void> {
  const rows = changes.map(({ alert_id, position, attempted }) => ({
    sink,
    position,
    alert_id,
    outcome: attempted.outcome,
    attempts: attempted.attempts,
    problem: attempted.problem,
    attempted_at: nowMs,
    retry_at: attempted.retryAtMs,
    due_since: attempted.dueSinceMs,
  }));
  await database.insert('alert_deliveries_raw', rows);
}

/** The latest change that a sink has; 0 before the first. */
export async function readLastDelivered(database: Database, sink: string): Promise<number> {
  const [row] = await database.query<{ position: number }>(
    `SELECT max(position) AS position FROM alert_deliveries WHERE sink = {sink:String} AND outcome = 'delivered'`,
    { sink },
  );
  return row?.position ?? 0;
}

/** Deliveries that failed and are tried again, by the position of their change. */
export async function readRetrying(
  database: Database,
  sink: string,
): Promise<ReadonlyMap<number, Attempted>> {
  const rows = await database.query<Retrying>(
    `SELECT position, attempts, problem, toUnixTimestamp64Milli(retry_at) AS retryAtMs,
      toUnixTimestamp64Milli(due_since) AS dueSinceMs
    FROM alert_deliveries
    WHERE sink = {sink:String} AND outcome = 'retrying'
    ORDER BY position DESC
    LIMIT 10000`,
    { sink },
  );
  return new Map(rows.map(({ position, ...attempted }) => [position, { outcome: 'retrying', ...attempted }]));
}

type Retrying = Omit<Attempted, 'outcome'> & { readonly position: number };

/** How often each of these changes, held back by a silence, was tried before it. */
export async function readAttempts(
  database: Database,
  sink: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (positions.length === 0) return new Map();
  const rows = await database.query<{ position: number; attempts: number }>(
    `SELECT position, attempts FROM alert_deliveries
    WHERE sink = {sink:String} AND outcome = 'silenced' AND position IN {positions:Array(UInt64)}`,
    { sink, positions },
  );
  return new Map(rows.map(({ position, attempts }) => [position, attempts]));
}

/** Remembers how a sink was when last looked at. */
export async function recordSink(
  database: Database,
  sink: string,
  problem: string,
  nowMs: number,
): Promise<void> {
  await database.insert('alert_sinks_raw', [{ sink, problem, seen_at: nowMs }]);
}
