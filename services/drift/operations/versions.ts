import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { WallWindow } from './operation-row.ts';
import { timeIn, timeOf } from './sql.ts';

/** The version whose production score is the newest before a time; undefined where there never was one. */
export async function findServedVersion(
  database: Database,
  beforeMs: number,
): Promise<VersionName | undefined> {
  const [served] = await database.query<VersionName & { last: number | null }>(
    `SELECT argMax(model, last_score_at) AS model, argMax(model_version, last_score_at) AS modelVersion,
      toUnixTimestamp64Milli(max(last_score_at)) AS last
    FROM operation_windows_raw
    WHERE last_score_at < ${timeOf('before')}`,
    { before: beforeMs },
  );
  if (served !== undefined && served.last !== null)
    return { model: served.model, modelVersion: served.modelVersion };
  const [first] = await database.query<VersionName>(
    `SELECT model, model_version AS modelVersion FROM lead_scores
    WHERE role = 'production' AND scored_at < ${timeOf('before')} ORDER BY scored_at DESC LIMIT 1`,
    { before: beforeMs },
  );
  return first;
}

/** The versions that served in a window. */
export function findVersionsServing(database: Database, window: WallWindow): Promise<VersionName[]> {
  return database.query<VersionName>(
    `SELECT DISTINCT model, model_version AS modelVersion FROM lead_scores
    WHERE role = 'production' AND ${timeIn('scored_at')}`,
    { start: window.startMs, end: window.endMs },
  );
}
