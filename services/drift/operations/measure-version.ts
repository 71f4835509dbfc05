import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { VersionColumns, WallWindow } from './operation-row.ts';
import { timeIn, timeOf } from './sql.ts';

/** What one version did in a window: how many leads it scored, how fast, and when last. */
export async function measureVersion(
  database: Database,
  version: VersionName,
  window: WallWindow,
): Promise<VersionColumns> {
  const [measured] = await database.query<MeasuredRow>(
    `SELECT count() AS count, ${quantiles('scored_at')} AS latency, ${quantiles('ingested_at')} AS endToEnd,
      toUnixTimestamp64Milli(max(scored_at)) AS lastScoreAtMs
    FROM lead_scores FINAL
    WHERE ${OF_VERSION} AND role = 'production' AND ${timeIn('scored_at')}`,
    { model: version.model, version: version.modelVersion, start: window.startMs, end: window.endMs },
  );
  const seen = measured !== undefined && measured.count > 0 ? measured : undefined;
  const [p50, p95, p99] = seen?.latency ?? [null, null, null];
  const [e50, e95, e99] = seen?.endToEnd ?? [null, null, null];
  return {
    count: seen?.count ?? 0,
    latency_p50_ms: p50,
    latency_p95_ms: p95,
    latency_p99_ms: p99,
    end_to_end_p50_ms: e50,
    end_to_end_p95_ms: e95,
    end_to_end_p99_ms: e99,
    last_score_at: seen?.lastScoreAtMs ?? (await findLastScore(database, version, window)),
  };
}

interface MeasuredRow {
  readonly count: number;
  readonly latency: readonly [number, number, number];
  readonly endToEnd: readonly [number, number, number];
  readonly lastScoreAtMs: number;
}

const OF_VERSION = 'model = {model:String} AND model_version = {version:String}';

function quantiles(until: string): string {
  return `quantilesExact(0.5, 0.95, 0.99)(toUnixTimestamp64Milli(${until}) - toUnixTimestamp64Milli(source_timestamp))`;
}

/** Newest score before a silent window: from the windows before it, or, without any, from the rows. */
async function findLastScore(
  database: Database,
  { model, modelVersion }: VersionName,
  window: WallWindow,
): Promise<number | null> {
  const params = { model, version: modelVersion, before: window.startMs };
  const [earlier] = await database.query<{ last: number | null }>(
    `SELECT toUnixTimestamp64Milli(max(last_score_at)) AS last FROM operation_windows_raw
    WHERE ${OF_VERSION} AND window_start < ${timeOf('before')}`,
    params,
  );
  const [row] = await database.query<{ last: number; count: number }>(
    `SELECT toUnixTimestamp64Milli(max(scored_at)) AS last, count() AS count FROM lead_scores
    WHERE ${OF_VERSION} AND role = 'production' AND scored_at < ${timeOf('before')}
      AND scored_at >= ${timeOf('after')}`,
    { ...params, after: earlier?.last ?? 0 },
  );
  return row !== undefined && row.count > 0 ? row.last : (earlier?.last ?? null);
}
