import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsTouched } from '@scoreline/core/windows/dirty.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { WindowRole } from '../streams.ts';
import { baseStartsOf } from './adopt-orphans.ts';
import { addMarks } from './marks-store.ts';

interface Unreferenced {
  readonly role: WindowRole;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Marks the windows of a version that were computed before its package was there, so that they get their verdicts;
 * in the sizes of its own policy, as they were counted by the default one. Without such windows nothing happens.
 */
export async function remarkUnreferenced(
  database: Database,
  version: VersionName,
  policy: CompletePolicy,
): Promise<void> {
  const rows = await database.query<Unreferenced>(
    `SELECT role, toUnixTimestamp64Milli(window_start) AS startMs, toUnixTimestamp64Milli(window_end) AS endMs
    FROM score_windows_raw FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND segment = ''
      AND (role, window_size, window_start) NOT IN
      (
        SELECT role, window_size, window_start FROM feature_windows_raw
        WHERE model = {model:String} AND model_version = {version:String}
      )`,
    { model: version.model, version: version.modelVersion },
  );
  const { base, sizes } = policy.windows;
  for (const [role, windows] of Map.groupBy(rows, (row) => row.role)) {
    const touched = windowsTouched(baseStartsOf(windows, base), base, sizes);
    const { model, modelVersion } = version;
    await addMarks(database, { model, modelVersion, role }, touched, `package ${model}@${modelVersion}`);
  }
}
