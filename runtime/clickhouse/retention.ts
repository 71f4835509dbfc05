import type { Database } from './database.ts';

/** How long a table keeps a row. */
export interface TableRetention {
  readonly table: string;
  /** Days since the time in `column`; null: the table keeps its rows. */
  readonly days: number | null;
  /** From which the days are counted: when a row was ingested, computed or decided, never event time. */
  readonly column: string;
  /** Whether an operator may choose the days. */
  readonly isFree: boolean;
  readonly rows: number;
  readonly bytes: number;
}

/** Tables that keep their rows, and why that is right; a table that isn't here has a TTL. */
export const KEPT_FOR_EVER: Readonly<Record<string, string>> = {
  model_events_raw: 'the audit of decisions about models, as its topic is kept',
  rollout_events_raw: 'the audit of decisions about rollouts, as its topic is kept',
  retraining_requests_raw: 'the audit of requests to train anew, as its topic is kept',
  model_info: 'a row a model version: old windows are read with it',
  reference_bins: 'the frozen reference of each model version: alerts are re-derived with it',
  reference_samples: 'the same',
  reference_joint: 'the same',
  stream_progress: 'a row a partition: how far event time has come',
  schema_migrations: 'a row a migration',
};

/** Their days follow from what they are for. */
const BOUND = new Set(['suppressed_leads', 'erasing_leads', 'dirty_windows']);

/** Refused, with what would do. */
export class RetentionRefused extends Error {}

/** The retention of each table of the database, by name. */
export async function readRetentions(database: Database): Promise<readonly TableRetention[]> {
  const tables = await database.query<{ table: string; definition: string; rows: number; bytes: number }>(
    `SELECT name AS table, engine_full AS definition, ifNull(total_rows, 0) AS rows, ifNull(total_bytes, 0) AS bytes
    FROM system.tables
    WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
    ORDER BY table`,
  );
  return tables.map(({ table, definition, rows, bytes }) => {
    const found = /TTL toDateTime\((\w+)\) \+ toIntervalDay\((\d+)\)/.exec(definition);
    const [, column = '', days] = found ?? [];
    const isFree = found !== null && !BOUND.has(table);
    return { table, column, days: days === undefined ? null : Number(days), isFree, rows, bytes };
  });
}

/**
 * Gives a table another retention. Rows that are too old by it go with ClickHouse's next merges; what is to be kept
 * longer has to be there still. Throws RetentionRefused for a table whose days aren't an operator's.
 */
export async function setRetention(database: Database, table: string, days: number): Promise<void> {
  const known = await readRetentions(database);
  const free = known.filter(({ isFree }) => isFree);
  const found = free.find((each) => each.table === table);
  if (found === undefined) {
    const names = free.map((each) => each.table).join(', ');
    throw new RetentionRefused(`${table} has no retention to choose; those that have: ${names}`);
  }
  await database.command(
    `ALTER TABLE ${table} MODIFY TTL toDateTime(${found.column}) + INTERVAL ${days} DAY`,
  );
}
