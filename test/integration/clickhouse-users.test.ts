import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { setRetention } from '@scoreline/runtime/clickhouse/retention.ts';
import { eraseRows } from '@scoreline/runtime/erasure/erase-rows.ts';
import { afterAll, expect, inject, test } from 'vitest';
import { type ClickHouseRole, readUserStatements, startClickHouseAs } from '../support/clickhouse-as.ts';

const folder = mkdtempSync(join(tmpdir(), 'scoreline-clickhouse-users-'));
const migrations = join(import.meta.dirname, '../../infra/clickhouse/migrations');
const DENIED = /Not enough privileges|ACCESS_DENIED|readonly/;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Does `work` as a role on the one data folder. */
async function as<T>(
  role: ClickHouseRole,
  work: (database: Database, url: string) => Promise<T>,
): Promise<T> {
  const engine = await startClickHouseAs(role, folder);
  const database = createDatabase({ url: engine.url, database: 'scoreline' });
  try {
    return await work(database, engine.url);
  } finally {
    await database.close();
    await engine.stop();
  }
}

test('setup makes the tables, the writer fills them and forgets, the reader reads, and nobody does more', async () => {
  const applied = await as('scoreline_setup', async (database, url) => {
    const names = await migrate({ clickHouse: { url, database: 'scoreline' }, folder: migrations });
    await setRetention(database, 'lead_scores', 100);
    await expect(database.command('DROP TABLE lead_scores')).rejects.toThrow(DENIED);
    await expect(database.command('DROP DATABASE scoreline')).rejects.toThrow(DENIED);
    await expect(database.command('CREATE DATABASE another')).rejects.toThrow(DENIED);
    return names;
  });
  expect(applied.length).toBeGreaterThan(10);

  await as('scoreline_writer', async (database) => {
    await database.insert('lead_outcomes', [{ lead_id: 'one' }, { lead_id: 'another' }]);
    expect((await eraseRows(database, randomUUID(), ['one'])).rows.get('lead_outcomes')).toBe(1);
    await expect(database.command('CREATE TABLE t (a Int8) ENGINE = Memory')).rejects.toThrow(DENIED);
    await expect(database.command('DROP TABLE erasing_leads')).rejects.toThrow(DENIED);
    await expect(database.command('TRUNCATE TABLE erasing_leads')).rejects.toThrow(DENIED);
    await expect(database.query("SELECT * FROM url('http://127.0.0.1:1', CSV)")).rejects.toThrow(DENIED);
    await expect(database.query("SELECT * FROM file('/etc/passwd', CSV)")).rejects.toThrow(DENIED);
  });

  await as('scoreline_reader', async (database) => {
    expect(await database.query('SELECT lead_id FROM outcomes')).toEqual([{ lead_id: 'another' }]);
    await expect(database.insert('erasing_leads', [{ erasure_id: 'a' }])).rejects.toThrow(DENIED);
    await expect(database.command('ALTER TABLE erasing_leads DELETE WHERE 1')).rejects.toThrow(DENIED);
    await expect(database.command('SET readonly = 0')).rejects.toThrow(DENIED);
    await expect(database.query("SELECT * FROM file('/etc/passwd', CSV)")).rejects.toThrow(DENIED);
  });
});

test('every statement of users.sql is one that ClickHouse knows', async () => {
  const { CLICKHOUSE_URL } = inject('stackEnv');
  const database = createDatabase({ url: CLICKHOUSE_URL, database: 'default' });
  const statements = readUserStatements();
  expect(statements.length).toBeGreaterThan(10);
  for (const statement of statements) await database.query(`EXPLAIN AST ${statement}`);
  await database.close();
});
