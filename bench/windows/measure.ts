import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsTouched } from '@scoreline/core/windows/dirty.ts';
import { addMarks } from '@scoreline/drift/windows/marks-store.ts';
import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { FEATURES, NUMERIC, VERSION, writeWidePackage } from './package.ts';
import { DAYS, FROM_MS, insertMonth, TO_MS } from './rows.ts';
import { type WatchedUse, watchProcess } from './watch-process.ts';

/** What it costs to compute a month of windows anew. */
export interface Recomputed {
  readonly rows: number;
  /** Hours, days and weeks together. */
  readonly windows: number;
  readonly seconds: number;
  /** A turn is to end after about two seconds: alerts wait for it, and a stop does. */
  readonly longestTurnMs: number;
  /** The engine, which did nothing else. */
  readonly engine: WatchedUse;
  /** The process that asks it, judges and decides. */
  readonly drift: Omit<WatchedUse, 'beforeMb'>;
}

/** Where it is measured: the engine of a stack that nobody else uses. */
export interface Engine {
  readonly url: string;
  /** A new process on the same data, which owes nothing to what the last one did; gives its id. */
  restart(): Promise<number>;
}

const MIGRATIONS = fileURLToPath(new URL('../../infra/clickhouse/migrations', import.meta.url));
const RECOMPUTE = fileURLToPath(new URL('recompute.ts', import.meta.url));
const RECOMPUTE_TIMEOUT_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;
const run = promisify(execFile);

/** Computes a month of hourly windows, its days and its weeks, of `rows` scores with 20 features, all of them dirty. */
export async function measureRecompute(engine: Engine, rows: number): Promise<Recomputed> {
  const settings = { url: engine.url, database: `windows_${rows}`, requestTimeoutMs: 300_000 };
  await migrate({ clickHouse: settings, folder: MIGRATIONS });
  const database = createDatabase(settings);
  const written = await writeWidePackage();
  try {
    await insertMonth(database, rows);
    await markMonth(database);
    const watch = await watchProcess(await engine.restart());
    const args = [RECOMPUTE, engine.url, settings.database, written.modelsDir];
    const { stdout } = await run(process.execPath, args, { timeout: RECOMPUTE_TIMEOUT_MS });
    const use = await watch.stop();
    await requireAllCounted(database, rows);
    const done = JSON.parse(stdout) as Omit<Recomputed, 'rows' | 'engine'>;
    return { rows, ...done, engine: use };
  } finally {
    await database.command(`DROP DATABASE ${settings.database}`);
    await Promise.all([database.close(), written.remove()]);
  }
}

/** A figure of work that was not done would be a good one. */
async function requireAllCounted(database: Database, rows: number): Promise<void> {
  const [counted] = await database.query(`
    SELECT (SELECT sum(count) FROM score_windows WHERE window_size = 'PT1H') AS scores,
      (SELECT sum(count) FROM feature_windows WHERE window_size = 'P1D') AS inputs,
      (SELECT sum(arraySum(mapValues(cells))) FROM feature_windows_raw FINAL WHERE window_size = 'PT1H') > 0.97 * ${rows * NUMERIC} AS hasCells,
      (SELECT uniqExact(window_start) FROM drift_results WHERE window_size = 'PT1H') AS hours`);
  const expected = { scores: rows, inputs: rows * FEATURES, hasCells: 1, hours: DAYS * 24 };
  if (!isDeepStrictEqual(counted, expected))
    throw new Error(`the windows hold ${JSON.stringify(counted)} instead of ${JSON.stringify(expected)}`);
}

/** Every window of the month is dirty, and event time has come past its last week. */
async function markMonth(database: Database): Promise<void> {
  const complete = completePolicy({});
  if (!complete.ok) throw new TypeError(complete.problems.join('; '));
  const { base, sizes } = complete.policy.windows;
  const hours = Array.from({ length: DAYS * 24 }, (_, hour) => FROM_MS + hour * HOUR_MS);
  await addMarks(database, { ...VERSION, role: 'production' }, windowsTouched(hours, base, sizes), 'bench');
  const afterLastWeekMs = TO_MS + 8 * 24 * HOUR_MS;
  const progress = {
    stream: 'lead-scores',
    partition: 0,
    max_event_time: afterLastWeekMs,
    active_at: Date.now(),
  };
  await database.insert('stream_progress', [progress]);
}
