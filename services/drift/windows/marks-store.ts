import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Mark } from '../ingest/marks.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, scopeParams } from './sql.ts';

/** A stored mark; several may name the same window. */
export interface StoredMark extends Mark {
  readonly markId: string;
}

/** Which window of a scope it is. */
export type WindowKey = Pick<Mark, 'size' | 'startMs'>;

/** Marks read at once; those beyond come with a later turn, their windows again with them. */
const MARKS_AT_ONCE = 100_000;

/** Windows with marks that are not done, each once, by start: of every scope the oldest, at most so many. */
export function readDirtyWindows(database: Database, mostOfScope: number): Promise<Mark[]> {
  return database.query<Mark>(
    `SELECT model, model_version AS modelVersion, role, window_size AS size,
      toUnixTimestamp64Milli(window_start) AS startMs
    FROM
    (
      SELECT DISTINCT model, model_version, role, window_size, window_start
      FROM dirty_windows FINAL
      WHERE done = 0
    )
    ORDER BY window_start, model, model_version, role, window_size
    LIMIT {most:UInt32} BY model, model_version, role`,
    { most: mostOfScope },
  );
}

/** Starts of the windows of one size that are dirty, from the first to before the last. */
export async function readDirtyStarts(
  database: Database,
  scope: Scope,
  size: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly number[]> {
  const rows = await database.query<Pick<Mark, 'startMs'>>(
    `SELECT DISTINCT toUnixTimestamp64Milli(window_start) AS startMs
    FROM dirty_windows FINAL
    WHERE ${IN_SCOPE} AND window_size = {size:String} AND done = 0
      AND toUnixTimestamp64Milli(window_start) >= {from:Int64} AND toUnixTimestamp64Milli(window_start) < {to:Int64}`,
    { ...scopeParams(scope), size, from: fromMs, to: toMs },
  );
  return rows.map(({ startMs }) => startMs);
}

/** The marks of these windows that are not done. */
export async function readMarks(
  database: Database,
  scope: Scope,
  windows: readonly WindowKey[],
): Promise<readonly StoredMark[]> {
  const marks: StoredMark[] = [];
  for (const [size, ofSize] of Map.groupBy(windows, (window) => window.size)) {
    const starts = ofSize.map(({ startMs }) => startMs);
    const rows = await database.query<Pick<StoredMark, 'startMs' | 'markId'>>(
      `SELECT toUnixTimestamp64Milli(window_start) AS startMs, mark_id AS markId
      FROM dirty_windows FINAL
      WHERE ${IN_SCOPE} AND window_size = {size:String} AND done = 0
        AND toUnixTimestamp64Milli(window_start) IN (${starts.join(', ')})
      LIMIT ${MARKS_AT_ONCE}`,
      { ...scopeParams(scope), size },
    );
    marks.push(...rows.map((row) => ({ ...scope, size, ...row })));
  }
  return marks;
}

/** Marks windows that no batch of records made dirty; `markId` names what did. */
export async function addMarks(
  database: Database,
  scope: Scope,
  windows: readonly Window[],
  markId: string,
): Promise<void> {
  const marks = windows.map(({ size, startMs }) => ({ ...scope, size: size.text, startMs, markId }));
  await database.insert('dirty_windows', marks.map(toRow(0)));
}

/** The windows have been computed from rows that include these marks' own, as those were there when the marks were read. */
export async function markDone(database: Database, marks: readonly StoredMark[]): Promise<void> {
  await database.insert('dirty_windows', marks.map(toRow(1)));
}

function toRow(done: 0 | 1): (mark: StoredMark) => object {
  return ({ model, modelVersion, role, size, startMs, markId }) => ({
    model,
    model_version: modelVersion,
    role,
    window_size: size,
    window_start: startMs,
    mark_id: markId,
    done,
  });
}
