import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Mark } from '../ingest/marks.ts';

/** A stored mark; several may name the same window. */
export interface StoredMark extends Mark {
  readonly markId: string;
}

/** Marks that are not done. Bounded: what is more comes with the next pass, oldest windows first. */
export function readPendingMarks(database: Database): Promise<StoredMark[]> {
  return database.query<StoredMark>(`
    SELECT model, model_version AS modelVersion, role, window_size AS size,
      toUnixTimestamp64Milli(window_start) AS startMs, mark_id AS markId
    FROM dirty_windows FINAL
    WHERE done = 0
    ORDER BY window_start, model, model_version, role, window_size
    LIMIT 100000`);
}

/** The windows have been computed from rows that include these marks' own, as those were there when the marks were read. */
export async function markDone(database: Database, marks: readonly StoredMark[]): Promise<void> {
  await database.insert(
    'dirty_windows',
    marks.map(({ model, modelVersion, role, size, startMs, markId }) => ({
      model,
      model_version: modelVersion,
      role,
      window_size: size,
      window_start: startMs,
      mark_id: markId,
      done: 1,
    })),
  );
}
