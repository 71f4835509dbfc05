import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsTouched } from '@scoreline/core/windows/dirty.ts';
import type { Duration } from '@scoreline/core/windows/duration.ts';
import { windowEnd, windowStart } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { WindowRole } from '../streams.ts';

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
    WHERE model = {model:String} AND model_version = {version:String}
      AND (role, window_size, window_start) NOT IN
      (
        SELECT role, window_size, window_start FROM feature_windows_raw
        WHERE model = {model:String} AND model_version = {version:String}
      )`,
    { model: version.model, version: version.modelVersion },
  );
  const { base, sizes } = policy.windows;
  const marks = [...Map.groupBy(rows, ({ role }) => role)].flatMap(([role, windows]) =>
    windowsTouched(baseStartsOf(windows, base), base, sizes).map(({ size, startMs }) => ({
      model: version.model,
      model_version: version.modelVersion,
      role,
      window_size: size.text,
      window_start: startMs,
      mark_id: `package ${version.model}@${version.modelVersion}`,
      done: 0,
    })),
  );
  await database.insert('dirty_windows', marks);
}

function* baseStartsOf(windows: readonly Unreferenced[], base: Duration): Generator<number> {
  for (const { startMs, endMs } of windows) {
    for (let at = windowStart(startMs, base); at < endMs; at = windowEnd(at, base)) yield at;
  }
}
