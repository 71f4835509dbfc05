import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { BenchContext } from '../context.ts';
import { watchProcess } from '../windows/watch-process.ts';
import { type Ingested, watchIngest } from './watch-ingest.ts';
import { DAY_MS, writeScores } from './write-scores.ts';

/** What a backlog of scores costs drift: to get it into ClickHouse, and to close the windows that hold all of it. */
export interface IngestCost extends Ingested {
  readonly closing: {
    /** A day, a week, a month and a quarter of the same rows. */
    readonly windows: number;
    readonly seconds: number;
    readonly driftCpuSeconds: number;
    readonly engineCpuSeconds: number;
  };
}

const REPOSITORY = join(import.meta.dirname, '../..');
const MIGRATIONS = join(REPOSITORY, 'infra/clickhouse/migrations');
const RECOMPUTE = join(import.meta.dirname, '../windows/recompute.ts');
const DATABASE = 'ingest';
const CLOSING_TIMEOUT_MS = 600_000;
const run = promisify(execFile);

/** Writes scores, starts a drift service on them, and closes their windows once it has stopped. */
export async function measureIngest(
  context: BenchContext,
  of: { readonly rows: number; readonly enginePid: number; readonly cpuProfile: string | undefined },
): Promise<IngestCost> {
  const { rows, enginePid } = of;
  const settings = { url: context.env.CLICKHOUSE_URL, database: DATABASE, requestTimeoutMs: 60_000 };
  await migrate({ clickHouse: settings, folder: MIGRATIONS });
  await writeScores(context, rows);
  const database = createDatabase(settings);
  try {
    const ingested = await ingest(context, database, of);
    await passTheQuarter(database);
    const watch = await watchProcess(enginePid);
    const args = [RECOMPUTE, settings.url, DATABASE, join(REPOSITORY, 'models')];
    const { stdout } = await run(process.execPath, args, { timeout: CLOSING_TIMEOUT_MS });
    const engine = await watch.stop();
    await requireAllCounted(database, rows);
    const { windows, seconds, drift } = JSON.parse(stdout) as Closed;
    const closing = {
      windows,
      seconds,
      driftCpuSeconds: drift.cpuSeconds,
      engineCpuSeconds: engine.cpuSeconds,
    };
    return { ...ingested, closing };
  } finally {
    await database.command(`DROP DATABASE ${DATABASE}`);
    await database.close();
  }
}

/** What recompute.ts prints. */
interface Closed {
  readonly windows: number;
  readonly seconds: number;
  readonly drift: { readonly cpuSeconds: number };
}

async function ingest(
  context: BenchContext,
  database: Database,
  of: { readonly rows: number; readonly enginePid: number; readonly cpuProfile: string | undefined },
): Promise<Ingested> {
  const [port = 0] = await findFreePorts(1);
  const { cpuProfile } = of;
  const drift = await startService('drift', {
    env: { ...context.env, CLICKHOUSE_DATABASE: DATABASE, LOG_LEVEL: 'warn' },
    port,
    logFolder: context.logFolder,
    nodeArgs: cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`],
  });
  try {
    return await watchIngest(database, { drift: drift.pid, engine: of.enginePid }, of.rows);
  } finally {
    await drift.stop();
  }
}

/** Event time has come past the last window that holds the day, in every partition that had scores. */
async function passTheQuarter(database: Database): Promise<void> {
  const partitions = await database.query<{ partition: number }>(
    `SELECT DISTINCT partition FROM stream_progress WHERE stream = 'lead-scores'`,
  );
  const afterMs = DAY_MS + 150 * 86_400_000;
  const rows = partitions.map(({ partition }) => {
    return { stream: 'lead-scores', partition, max_event_time: afterMs, active_at: Date.now() };
  });
  await database.insert('stream_progress', rows);
}

/** A figure of work that was not done would be a good one. */
async function requireAllCounted(database: Database, rows: number): Promise<void> {
  const sizes = await database.query<{ size: string; n: number }>(
    `SELECT window_size AS size, sum(count) AS n FROM score_windows GROUP BY size`,
  );
  if (sizes.length > 0 && sizes.every(({ n }) => n === rows)) return;
  throw new Error(`the windows hold ${JSON.stringify(sizes)} instead of ${rows} each`);
}
