import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../clickhouse/database.ts';

/** What an erasure did. */
export interface Erased {
  /** Rows that it took, by table, in the order of taking. */
  readonly rows: ReadonlyMap<string, number>;
  /** Rows that came in meanwhile: a batch was being written. */
  readonly left: number;
}

const OF_LEADS = `lead_id IN (SELECT lead_id FROM erasing_leads WHERE erasure_id = {erasure:String})`;
const OF_THEIR_EVENTS = `(source_topic, source_partition, source_offset) IN
  (SELECT source_topic, source_partition, source_offset FROM lead_scores WHERE ${OF_LEADS})`;

/**
 * Every table that holds a lead's id, its inputs or the place of its events, and which rows are a lead's. In the order
 * of taking: dead letters are found by the scores of the same event, so scores go last, and a run that was cut short
 * finds what it has left.
 */
export const LEAD_TABLES: readonly { readonly table: string; readonly rows: string }[] = [
  { table: 'dead_letters_raw', rows: OF_THEIR_EVENTS },
  { table: 'backtest_dead_letters_raw', rows: OF_THEIR_EVENTS },
  { table: 'lead_outcomes', rows: OF_LEADS },
  { table: 'lead_scores', rows: OF_LEADS },
];

const POLL_MS = 100;
const GIVE_UP_AFTER_MS = 15 * 60_000;
/** How long an erasure waits for ClickHouse at most, over all tables. */
export const LONGEST_WAIT_MS = LEAD_TABLES.length * GIVE_UP_AFTER_MS;

/** ClickHouse has not taken the rows in time, or says that it can't. */
export class ErasureUnfinished extends Error {}

/**
 * Takes all rows of these leads, for good: parts are rewritten without them, and it waits until they are.
 * 1. the ids go to `erasing_leads`, so that no statement names them;
 * 2. how many scores will go is kept, by minute of event time: windows are to tell erasure from retention;
 * 3. table by table: count, delete, wait;
 * 4. what is there now is counted, and the ids go.
 * The same `erasureId` again goes on where a run was cut short. Throws ErasureUnfinished; what is left stays marked.
 */
export async function eraseRows(
  database: Database,
  erasureId: string,
  leadIds: readonly string[],
): Promise<Erased> {
  await database.insert(
    'erasing_leads',
    leadIds.map((leadId) => ({ erasure_id: erasureId, lead_id: leadId })),
  );
  await database.command(COUNT_FORGOTTEN, { erasure: erasureId });
  const erased = new Map<string, number>();
  for (const { table, rows } of LEAD_TABLES) {
    const count = await countRows(database, table, rows, erasureId);
    if (count > 0) await deleteRows(database, table, rows, erasureId);
    erased.set(table, count);
  }
  let left = 0;
  for (const { table, rows } of LEAD_TABLES) left += await countRows(database, table, rows, erasureId);
  await database.command(`ALTER TABLE erasing_leads DROP PARTITION ${quote(erasureId)}`);
  return { rows: erased, left };
}

/** Backtests have no windows. */
const COUNT_FORGOTTEN = `
  INSERT INTO forgotten_rows (model, model_version, role, minute, erasure_id, forgotten)
  SELECT model, model_version, role, toStartOfMinute(event_time) AS minute, {erasure:String}, count()
  FROM lead_scores FINAL
  WHERE role != 'backtest' AND ${OF_LEADS}
  GROUP BY model, model_version, role, minute`;

async function countRows(
  database: Database,
  table: string,
  rows: string,
  erasureId: string,
): Promise<number> {
  const [counted] = await database.query<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${rows}`, {
    erasure: erasureId,
  });
  return counted?.n ?? 0;
}

/** The statement is kept by the server as it is written, without parameters: it names the erasure, not the lead. */
async function deleteRows(database: Database, table: string, rows: string, erasureId: string): Promise<void> {
  await database.command(
    `ALTER TABLE ${table} DELETE WHERE ${rows.replaceAll('{erasure:String}', quote(erasureId))}`,
  );
  const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const [mutations] = await database.query<{ open: number; failure: string }>(
      `SELECT countIf(NOT is_done) AS open, anyIf(latest_fail_reason, latest_fail_reason != '') AS failure
      FROM system.mutations
      WHERE database = currentDatabase() AND table = {table:String} AND position(command, {erasure:String}) > 0`,
      { table, erasure: erasureId },
    );
    if (mutations?.failure) throw new ErasureUnfinished(`${table}: ClickHouse says ${mutations.failure}`);
    if (mutations?.open === 0) return;
    if (performance.now() > giveUpAtMs)
      throw new ErasureUnfinished(
        `${table}: its rows are marked, but ClickHouse has not rewritten its parts within 15 minutes`,
      );
    await delay(POLL_MS);
  }
}

/** Erasure ids are UUIDs: nothing in them to escape. */
function quote(erasureId: string): string {
  if (!/^[0-9a-f-]{36}$/.test(erasureId)) throw new TypeError(`${erasureId} is no id of an erasure`);
  return `'${erasureId}'`;
}
