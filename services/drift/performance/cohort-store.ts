import type { MetricRow } from '@scoreline/core/performance/metric-row.ts';
import type { CohortKind, CohortRecord, CohortState } from '@scoreline/core/performance/plan-cohorts.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, scopeParams } from '../windows/sql.ts';

/** One revision of one cohort, measured. */
export interface MeasuredCohort {
  readonly kind: CohortKind;
  readonly window: Window;
  readonly revision: number;
  readonly scored: number;
  readonly fingerprint: string;
  readonly rows: readonly MetricRow[];
}

/** The versions and roles whose windows have been counted. */
export function readScopes(database: Database): Promise<Scope[]> {
  return database.query<Scope>(
    `SELECT DISTINCT model, model_version AS modelVersion, role FROM score_windows_raw
    WHERE role IN ('production', 'canary', 'shadow') ORDER BY model, modelVersion, role`,
  );
}

/** The base windows of a scope that hold scores, or held some that were forgotten. */
export async function readBases(
  database: Database,
  scope: Scope,
  base: string,
): Promise<CohortState['bases']> {
  const [bases] = await database.query<CohortState['bases']>(
    `SELECT groupArray(toUnixTimestamp64Milli(window_start)) AS startsMs, groupArray(count + forgotten) AS counts
    FROM score_windows_raw FINAL
    WHERE ${IN_SCOPE} AND window_size = {base:String} AND segment = ''`,
    { ...scopeParams(scope), base },
  );
  return bases ?? { startsMs: [], counts: [] };
}

/** What was computed of a scope. */
export async function readRecords(database: Database, scope: Scope): Promise<CohortRecord[]> {
  const rows = await database.query<CohortRecord>(
    `SELECT kind, window_size AS size, toUnixTimestamp64Milli(window_start) AS startMs, revision, scored, fingerprint,
      is_dirty AS isDirty
    FROM performance_cohorts FINAL
    WHERE ${IN_SCOPE}`,
    scopeParams(scope),
  );
  return rows;
}

/** Writes records; the newest of a cohort stands. */
export async function storeRecords(
  database: Database,
  scope: Scope,
  records: readonly CohortRecord[],
): Promise<void> {
  await database.insert(
    'performance_cohorts',
    records.map(({ kind, size, startMs, revision, scored, fingerprint, isDirty }) => ({
      ...versionColumns(scope),
      kind,
      window_size: size,
      window_start: startMs,
      revision,
      scored,
      fingerprint,
      is_dirty: isDirty,
    })),
  );
}

/** Writes the metrics of these cohorts; the same revision again replaces itself. */
export async function storeMetrics(
  database: Database,
  scope: Scope,
  cohorts: readonly MeasuredCohort[],
): Promise<void> {
  const rows = cohorts.flatMap(({ kind, window, revision, rows: metrics }) =>
    metrics.map(({ metric, at, value, low, high, sampleSize, positives, pValue, reason }) => ({
      ...versionColumns(scope),
      window_size: window.size.text,
      window_start: window.startMs,
      window_end: window.endMs,
      kind,
      revision,
      metric,
      at,
      value,
      low,
      high,
      sample_size: Math.round(sampleSize),
      positives,
      p_value: pValue,
      reason,
    })),
  );
  await database.insert('performance_metrics_raw', rows);
}

/** A stored metric of a cohort, with when the cohort was. */
export type StoredMetric = MetricRow & { readonly startMs: number };

/** The realised metrics that cohorts are compared by, of the `limit` cohorts of this size right before each of these. */
export function readEarlier(
  database: Database,
  scope: Scope,
  size: string,
  { startsMs, limit }: { readonly startsMs: readonly number[]; readonly limit: number },
): Promise<StoredMetric[]> {
  return database.query<StoredMetric>(
    `WITH (
      SELECT arrayReverseSort(groupUniqArray(toUnixTimestamp64Milli(window_start))) FROM performance_metrics_raw
      WHERE ${IN_SCOPE} AND window_size = {size:String} AND kind = 'realised'
    ) AS known
    SELECT toUnixTimestamp64Milli(window_start) AS startMs, metric, at, value, low, high, sample_size AS sampleSize,
      positives, p_value AS pValue, reason
    FROM performance_metrics
    WHERE ${IN_SCOPE} AND window_size = {size:String} AND kind = 'realised'
      AND metric IN ('leads', 'auc', 'band_conversion', 'revenue_per_lead')
      AND toUnixTimestamp64Milli(window_start) IN
      (
        SELECT arrayJoin(arraySlice(arrayFilter(earlier -> earlier < start, known), 1, {limit:UInt32}))
        FROM (SELECT arrayJoin({starts:Array(Int64)}) AS start)
      )`,
    { ...scopeParams(scope), size, starts: startsMs, limit },
  );
}

function versionColumns({ model, modelVersion, role }: Scope): object {
  return { model, model_version: modelVersion, role };
}
