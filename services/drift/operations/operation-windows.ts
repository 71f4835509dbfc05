import type { OperationalWindow } from '@scoreline/core/alerts/operations.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';

/** A wall-clock window. */
export interface WallWindow {
  readonly size: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What was seen of one served version in one wall-clock window: a row of `operation_windows_raw`. */
export interface OperationRow {
  readonly model: string;
  readonly model_version: string;
  readonly window_size: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly count: number;
  readonly dead_letters: number;
  readonly latency_p50_ms: number | null;
  readonly latency_p95_ms: number | null;
  readonly latency_p99_ms: number | null;
  readonly end_to_end_p50_ms: number | null;
  readonly end_to_end_p95_ms: number | null;
  readonly end_to_end_p99_ms: number | null;
  readonly last_score_at: number | null;
  readonly caught_up: 0 | 1;
}

/** The version whose production score is the newest before a time; undefined where there never was one. */
export async function findServedVersion(
  database: Database,
  beforeMs: number,
): Promise<VersionName | undefined> {
  const [served] = await database.query<VersionName & { last: number | null }>(
    `SELECT argMax(model, last_score_at) AS model, argMax(model_version, last_score_at) AS modelVersion,
      toUnixTimestamp64Milli(max(last_score_at)) AS last
    FROM operation_windows_raw
    WHERE last_score_at < ${BEFORE}`,
    { before: beforeMs },
  );
  if (served !== undefined && served.last !== null)
    return { model: served.model, modelVersion: served.modelVersion };
  const [first] = await database.query<VersionName>(
    `SELECT model, model_version AS modelVersion FROM lead_scores
    WHERE role = 'production' AND scored_at < ${BEFORE} ORDER BY scored_at DESC LIMIT 1`,
    { before: beforeMs },
  );
  return first;
}

/** The versions that served in a window. */
export function findVersionsServing(database: Database, window: WallWindow): Promise<VersionName[]> {
  return database.query<VersionName>(
    `SELECT DISTINCT model, model_version AS modelVersion FROM lead_scores
    WHERE role = 'production' AND ${SCORED_IN}`,
    { start: window.startMs, end: window.endMs },
  );
}

/** Measures one version in one window. Each that serves answers for all of production's dead letters. */
export async function measureOperations(
  database: Database,
  version: VersionName,
  window: WallWindow,
  caughtUp: boolean,
): Promise<OperationRow> {
  const params = {
    model: version.model,
    version: version.modelVersion,
    start: window.startMs,
    end: window.endMs,
  };
  const [measured] = await database.query<MeasuredRow>(
    `SELECT count() AS count, ${quantiles('scored_at')} AS latency, ${quantiles('ingested_at')} AS endToEnd,
      toUnixTimestamp64Milli(max(scored_at)) AS lastScoreAtMs
    FROM lead_scores FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND role = 'production' AND ${SCORED_IN}`,
    params,
  );
  const [dead] = await database.query<{ count: number }>(
    `SELECT count() AS count FROM dead_letters_raw FINAL
    WHERE role != 'shadow' AND ${timeIn('failed_at')}`,
    params,
  );
  const seen = measured !== undefined && measured.count > 0 ? measured : undefined;
  const lastScoreAtMs = seen?.lastScoreAtMs ?? (await findLastScore(database, version, window));
  return {
    model: version.model,
    model_version: version.modelVersion,
    window_size: window.size,
    window_start: window.startMs,
    window_end: window.endMs,
    count: seen?.count ?? 0,
    dead_letters: dead?.count ?? 0,
    ...latencies(seen),
    last_score_at: lastScoreAtMs,
    caught_up: caughtUp ? 1 : 0,
  };
}

/** How many leads all versions together served in a window, canaries among them. */
export async function countScored(database: Database, window: WallWindow): Promise<number> {
  const [scored] = await database.query<{ count: number }>(
    `SELECT count() AS count FROM lead_scores FINAL WHERE role IN ('production', 'canary') AND ${SCORED_IN}`,
    { start: window.startMs, end: window.endMs },
  );
  return scored?.count ?? 0;
}

/** The row as the rules take it. Before drift has read everything nothing is known, silence least of all. */
export function toOperationalWindow(
  row: OperationRow,
  { scored, leadsWaiting }: Pick<OperationalWindow, 'scored' | 'leadsWaiting'>,
): OperationalWindow {
  const known = row.caught_up === 1;
  return {
    count: known ? row.count : 0,
    scored: known ? scored : 0,
    leadsWaiting,
    deadLetters: known ? row.dead_letters : 0,
    latencyP95Ms: row.latency_p95_ms,
    lastScoreAtMs: known ? row.last_score_at : null,
    nowMs: row.window_end,
  };
}

interface MeasuredRow {
  readonly count: number;
  readonly latency: readonly [number, number, number];
  readonly endToEnd: readonly [number, number, number];
  readonly lastScoreAtMs: number;
}

const BEFORE = `fromUnixTimestamp64Milli({before:Int64}, 'UTC')`;
const SCORED_IN = timeIn('scored_at');

function timeIn(column: string): string {
  return `${column} >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ${column} < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;
}

function quantiles(until: string): string {
  return `quantilesExact(0.5, 0.95, 0.99)(toUnixTimestamp64Milli(${until}) - toUnixTimestamp64Milli(source_timestamp))`;
}

function latencies(seen: MeasuredRow | undefined): Pick<OperationRow, LatencyColumn> {
  const [p50, p95, p99] = seen?.latency ?? [null, null, null];
  const [e50, e95, e99] = seen?.endToEnd ?? [null, null, null];
  return {
    latency_p50_ms: p50,
    latency_p95_ms: p95,
    latency_p99_ms: p99,
    end_to_end_p50_ms: e50,
    end_to_end_p95_ms: e95,
    end_to_end_p99_ms: e99,
  };
}

type LatencyColumn = Extract<keyof OperationRow, `${'latency' | 'end_to_end'}_${string}`>;

/** Newest score before a silent window: from the windows before it, or, without any, from the rows. */
async function findLastScore(
  database: Database,
  { model, modelVersion }: VersionName,
  window: WallWindow,
): Promise<number | null> {
  const params = { model, version: modelVersion, before: window.startMs };
  const ofVersion = 'model = {model:String} AND model_version = {version:String}';
  const [earlier] = await database.query<{ last: number | null }>(
    `SELECT toUnixTimestamp64Milli(max(last_score_at)) AS last FROM operation_windows_raw
    WHERE ${ofVersion} AND window_start < ${BEFORE}`,
    params,
  );
  const [row] = await database.query<{ last: number; count: number }>(
    `SELECT toUnixTimestamp64Milli(max(scored_at)) AS last, count() AS count FROM lead_scores
    WHERE ${ofVersion} AND role = 'production' AND scored_at < ${BEFORE}
      AND scored_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC')`,
    { ...params, after: earlier?.last ?? 0 },
  );
  return row !== undefined && row.count > 0 ? row.last : (earlier?.last ?? null);
}
