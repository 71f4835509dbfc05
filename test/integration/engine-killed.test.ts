import { existsSync, type FSWatcher, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { createStore, type Store } from '@scoreline/drift/ingest/store.ts';
import type { Part } from '@scoreline/drift/ingest/part.ts';
import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { checkHealth } from '@scoreline/infra/local/check-health.ts';
import { type ChildProcess, startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';

/**
 * What drift writes while the engine is killed at each step that an insert takes on the disk. An engine of its own:
 * killing that of the other tests would be theirs to notice.
 */
const GATEWAY = fileURLToPath(new URL('../../infra/local/gateway/main.ts', import.meta.url));
const MIGRATIONS = fileURLToPath(new URL('../../infra/clickhouse/migrations', import.meta.url));
/** At each of the first changes that an insert makes in the table's folders; twice, as one is seen a little late. */
const CHANGES = 4;
const KILLS = 2 * CHANGES;

let home: string;
let port: number;
let engine: ChildProcess;
let database: Database;
let store: Store;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'scoreline-engine-killed-'));
  [port = 0] = await findFreePorts(1);
  engine = await startEngine();
  const clickHouse = { url: `http://127.0.0.1:${port}`, database: 'scoreline' };
  await migrate({ clickHouse, folder: MIGRATIONS });
  database = createDatabase(clickHouse);
  const events = { rowsStored: () => {}, rowsLeftOut: () => {}, clickHouseAway: () => {} };
  store = createStore({ database, events, loadSuppressed: async () => undefined, nowMs: Date.now });
});
afterAll(async () => {
  await database.close();
  await engine.stop();
  rmSync(home, { recursive: true });
});

test(
  'rows of an insert in which the engine was killed are there after its repetition, each once',
  { timeout: 180_000 },
  async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const watchers = killAtChange(await foldersOf('dead_letters_raw'), 1 + (kill % CHANGES));
      const flushed = store.flush([letter(kill)]);
      await engine.exited;
      for (const watcher of watchers) watcher.close();
      engine = await startEngine();
      await flushed;
    }
    const rows = await database.query<{ offset: number }>('SELECT offset FROM dead_letters ORDER BY offset');
    expect(rows.map(({ offset }) => offset)).toEqual(Array.from({ length: KILLS }, (_, offset) => offset));
  },
);

/** Kills the engine at the n-th change that is seen in these folders. */
function killAtChange(folders: readonly string[], n: number): FSWatcher[] {
  let changes = 0;
  const count = (): void => {
    changes += 1;
    if (changes === n) process.kill(engine.pid, 'SIGKILL');
  };
  return folders.map((folder) => watch(folder, count));
}

/** Where parts appear, and where the engine would note which inserts it has seen. */
async function foldersOf(table: string): Promise<string[]> {
  const [found] = await database.query<{ paths: string[] }>(
    'SELECT data_paths AS paths FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    { table },
  );
  return found!.paths.flatMap((path) => [path, join(path, 'deduplication_logs')]).filter(existsSync);
}

async function startEngine(): Promise<ChildProcess> {
  const started = await startChildProcess({
    program: process.execPath,
    args: [GATEWAY, '--port', String(port), '--data', join(home, 'data')],
    logFile: join(home, 'gateway.log'),
  });
  await until(() => checkHealth('clickhouse', port), 60_000, 'the engine did not answer');
  return started;
}

function letter(offset: number): Part {
  const atMs = Date.UTC(2026, 0, 1) + offset;
  return {
    stream: 'lead-created.dlq',
    partition: 0,
    firstOffset: offset,
    lastOffset: offset,
    firstTimestampMs: atMs,
    lastTimestampMs: atMs,
    rowCount: 1,
    table: 'dead_letters_raw',
    rows: [{ topic: 'lead-created.dlq', partition: 0, offset, error_code: 'undecodable', failed_at: atMs }],
    marks: [],
    maxEventTimeMs: null,
    isLive: true,
  };
}
