import { readUsage, type Spend, spendBetween, type Usage } from '@scoreline/core/spending/spend-between.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

export interface SpendingDeps {
  readonly database: Database;
  /** Addresses of GET /metrics, each of one instance. */
  readonly urls: readonly string[];
  /** The page of an address; throws where it doesn't answer in time. */
  readonly fetchMetrics: (url: string) => Promise<string>;
  readonly isOwner: () => boolean;
  readonly nowMs: () => number;
  readonly events: SpendingEvents;
}

export interface SpendingEvents {
  /** An instance said nothing, or nothing that says what it uses. */
  instanceAway(instance: string, error: unknown): void;
}

interface SpendingRow {
  readonly instance: string;
  readonly service: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly state: Spend['state'] | 'away';
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly memory_gib_seconds: number;
  readonly sampled_at: number;
  readonly started_at: number;
  readonly cpu_total: number;
  readonly memory_bytes: number;
}

/** A minute of wall clock. */
interface Minute {
  readonly startMs: number;
  readonly endMs: number;
}

const MINUTE_MS = 60_000;
/** An instance that has been away for longer begins anew. */
const REMEMBER_MS = 86_400_000;

/**
 * Once a minute asks every instance what it has used, and stores what that is since its answer before, which stands in
 * ClickHouse: a new owner goes on from there, unless none asked the minute before. A repetition replaces the minute's rows.
 */
export function createSpendingTurn(deps: SpendingDeps): () => Promise<'done'> {
  let last: Minute | undefined;
  return async () => {
    const endMs = Math.floor(deps.nowMs() / MINUTE_MS) * MINUTE_MS;
    const window: Minute = { startMs: endMs - MINUTE_MS, endMs };
    if (deps.urls.length === 0 || !deps.isOwner() || window.startMs === last?.startMs) return 'done';
    const before = await readUsages(deps.database, window);
    const rows = await Promise.all(deps.urls.map((url) => askInstance(deps, url, window, before)));
    if (deps.isOwner()) await deps.database.insert('spending_raw', rows);
    last = window;
    return 'done';
  };
}

async function askInstance(
  { fetchMetrics, nowMs, events }: SpendingDeps,
  url: string,
  window: Minute,
  before: ReadonlyMap<string, Usage>,
): Promise<SpendingRow> {
  const instance = new URL(url).host;
  const at = { instance, window_start: window.startMs, window_end: window.endMs };
  try {
    const page = await fetchMetrics(url);
    const usage = readUsage(page, nowMs());
    if (usage === undefined) throw new Error(`${url} does not say what its process uses`);
    return { ...at, ...toColumns(usage, spendBetween(before.get(instance), usage)) };
  } catch (error) {
    events.instanceAway(instance, error);
    return { ...at, ...AWAY, sampled_at: nowMs() };
  }
}

const AWAY = {
  service: '',
  state: 'away',
  seconds: 0,
  cpu_seconds: 0,
  memory_gib_seconds: 0,
  started_at: 0,
  cpu_total: 0,
  memory_bytes: 0,
} as const;

function toColumns(
  usage: Usage,
  spend: Spend,
): Omit<SpendingRow, 'instance' | 'window_start' | 'window_end'> {
  return {
    service: usage.service,
    state: spend.state,
    seconds: spend.seconds,
    cpu_seconds: spend.cpuSeconds,
    memory_gib_seconds: spend.memoryGibSeconds,
    sampled_at: Math.round(usage.atMs),
    started_at: Math.round(usage.startedAtMs),
    cpu_total: usage.cpuSeconds,
    memory_bytes: usage.memoryBytes,
  };
}

/**
 * What each instance said last before a window, by instance. None where nobody was asked in the minute before: what was
 * used while drift was away belongs to windows that it never measured.
 */
async function readUsages(database: Database, window: Minute): Promise<ReadonlyMap<string, Usage>> {
  const rows = await database.query<Usage & { instance: string }>(
    `SELECT instance, service, toUnixTimestamp64Milli(sampled_at) AS atMs, toUnixTimestamp64Milli(started_at) AS startedAtMs,
      cpu_total AS cpuSeconds, memory_bytes AS memoryBytes
    FROM spending_raw FINAL
    WHERE state != 'away' AND window_start < fromUnixTimestamp64Milli({start:Int64}, 'UTC')
      AND window_start >= fromUnixTimestamp64Milli({oldest:Int64}, 'UTC')
      AND EXISTS(SELECT 1 FROM spending_raw WHERE window_start = fromUnixTimestamp64Milli({minuteBefore:Int64}, 'UTC'))
    ORDER BY window_start DESC
    LIMIT 1 BY instance`,
    { start: window.startMs, oldest: window.startMs - REMEMBER_MS, minuteBefore: window.startMs - MINUTE_MS },
  );
  return new Map(rows.map(({ instance, ...usage }) => [instance, usage]));
}
