import { cohortsTouched } from '@scoreline/core/performance/plan-cohorts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import { timeLiteral } from '../windows/sql.ts';
import { readRecords, storeRecords } from './cohort-store.ts';

/** Rows may be seen this long after the time that they carry, so that much is read again. */
const OVERLAP_MS = 60_000;

interface TouchedRow extends Scope {
  readonly hoursMs: readonly number[];
}

/**
 * Marks computed cohorts that hold leads of which outcomes have come since the last look, then moves the mark of how far
 * was looked. An interrupted look is done again, with the same marks.
 */
export async function markTouched(database: Database, models: Pick<ModelCatalog, 'policyOf'>): Promise<void> {
  const [progress] = await database.query<{ nowMs: number; fromMs: number }>(
    `SELECT toUnixTimestamp64Milli(now64(3)) AS nowMs,
      (SELECT toUnixTimestamp64Milli(max(read_until)) FROM performance_progress WHERE name = 'outcomes') AS fromMs`,
  );
  const { nowMs = 0, fromMs = 0 } = progress ?? {};
  const since = timeLiteral(Math.max(0, fromMs - OVERLAP_MS));
  const rows = await database.query<TouchedRow>(
    `SELECT model, model_version AS modelVersion, role,
      groupUniqArray(toUnixTimestamp(toStartOfHour(event_time)) * 1000) AS hoursMs
    FROM lead_scores
    WHERE role != 'backtest' AND lead_id IN (SELECT lead_id FROM lead_outcomes WHERE ingested_at >= ${since})
    GROUP BY model, modelVersion, role`,
  );
  for (const { hoursMs, ...scope } of rows) {
    const { windows } = models.policyOf(scope).performance;
    const touched = cohortsTouched(await readRecords(database, scope), windows, hoursMs);
    const clean = touched.filter(({ isDirty }) => !isDirty);
    await storeRecords(
      database,
      scope,
      clean.map((record) => ({ ...record, isDirty: true })),
    );
  }
  await database.insert('performance_progress', [{ name: 'outcomes', read_until: nowMs }]);
}
