import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { type ProcessUse, readProcessUse } from '../process-use.ts';

/** Two processes at one moment. */
interface Sample {
  readonly atMs: number;
  readonly drift: ProcessUse;
  readonly engine: ProcessUse;
}

/** What the rows after the first insert took. */
export interface Ingested {
  readonly rows: number;
  readonly inserts: number;
  /** Rows of all inserts but the first, by the time from it to the last. */
  readonly rowsPerSecond: number;
  /** Of a row, microseconds of CPU. */
  readonly driftUs: number;
  readonly engineUs: number;
  readonly driftPeakMb: number;
  readonly enginePeakMb: number;
}

const SAMPLE_EVERY_MS = 100;
const COUNT_EVERY_MS = 500;
const DEADLINE_MS = 600_000;

/** Watches drift and engine until all rows are in; throws where drift ends before, or too many come. */
export async function watchIngest(
  database: Database,
  pids: { readonly drift: number; readonly engine: number },
  rows: number,
): Promise<Ingested> {
  const samples: Sample[] = [];
  const deadlineMs = Date.now() + DEADLINE_MS;
  let countedAtMs = 0;
  for (let count = 0; count < rows;) {
    await delay(SAMPLE_EVERY_MS);
    const atMs = Date.now();
    const [drift, engine] = await Promise.all([readProcessUse(pids.drift), readProcessUse(pids.engine)]);
    samples.push({ atMs, drift, engine });
    if (atMs > deadlineMs) throw new Error(`${count} of ${rows} rows are in after ${DEADLINE_MS / 1_000} s`);
    // Seldom: the engine that answers is measured.
    if (atMs < countedAtMs + COUNT_EVERY_MS) continue;
    countedAtMs = atMs;
    const [counted] = await database.query<{ n: number }>('SELECT count() AS n FROM lead_scores');
    count = counted?.n ?? 0;
  }
  return summarise(samples, await readInserts(database, rows));
}

interface Inserts {
  readonly rows: number;
  readonly inserts: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly firstRows: number;
}

async function readInserts(database: Database, rows: number): Promise<Inserts> {
  const [inserts] = await database.query<Inserts>(`
    WITH (SELECT min(ingested_at) FROM lead_scores) AS first
    SELECT count() AS rows, uniqExact(ingested_at) AS inserts, toUnixTimestamp64Milli(first) AS firstMs,
      toUnixTimestamp64Milli(max(ingested_at)) AS lastMs, countIf(ingested_at = first) AS firstRows
    FROM lead_scores`);
  if (inserts?.rows !== rows) throw new Error(`${inserts?.rows} rows are in instead of ${rows}`);
  return inserts;
}

function summarise(samples: readonly Sample[], inserts: Inserts): Ingested {
  const { rows, firstMs, lastMs } = inserts;
  const counted = Math.max(1, rows - inserts.firstRows);
  const during = samples.filter(({ atMs }) => atMs >= firstMs && atMs <= lastMs + 2 * SAMPLE_EVERY_MS);
  const [first, last] = [during[0], during.at(-1)];
  if (first === undefined || last === undefined)
    throw new Error('too few rows: they were in between two samples; ask for a larger --backlog');
  const usOf = (process: 'drift' | 'engine'): number =>
    ((last[process].cpuSeconds - first[process].cpuSeconds) * 1e6) / counted;
  return {
    rows,
    inserts: inserts.inserts,
    rowsPerSecond: (counted * 1_000) / Math.max(1, lastMs - firstMs),
    driftUs: usOf('drift'),
    engineUs: usOf('engine'),
    driftPeakMb: last.drift.peakMb,
    enginePeakMb: last.engine.peakMb,
  };
}
