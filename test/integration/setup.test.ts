import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate } from '@scoreline/infra/clickhouse/migrate.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createRegistryClient, SchemaRefused } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { openTopicAdmin, type TopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { isolateEnv, setUpIsolatedEnv, type IsolatedEnv } from '../support/isolated-env.ts';

let admin: TopicAdmin;
beforeAll(async () => {
  const brokers = isolateEnv().KAFKA_BROKERS.split(',');
  admin = await openTopicAdmin({ brokers, clientId: 'setup-test' }, () => {});
});
afterAll(() => admin.close());

async function runSetUp(env: IsolatedEnv, more: Record<string, string> = {}): Promise<string[]> {
  const lines: string[] = [];
  await setUp({ env: { ...env, ...more }, log: (line) => lines.push(line) });
  return lines;
}

test('topics, schemas and tables are there after it, and a second run changes nothing', async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '2' });
  const name = (topic: string): string => env.TOPIC_PREFIX + topic;
  const topics = await admin.describeTopics([
    name('lead-created'),
    name('lead-created.dlq'),
    name('rollouts'),
  ]);
  expect(topics.get(name('lead-created'))?.partitions).toBe(2);
  expect(topics.get(name('lead-created.dlq'))?.configs.get('max.message.bytes')).toBe('1114124');
  expect(topics.get(name('rollouts'))?.configs.get('retention.ms')).toBe('-1');
  const again = await runSetUp(env);
  expect(again.filter((line) => line.startsWith('topic') || line.startsWith('table'))).toEqual([]);
});

test('more partitions are added to the input and to what follows it; settings made by hand stay', async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '2' });
  const scores = `${env.TOPIC_PREFIX}lead-scores`;
  await admin.setConfigs(scores, { 'segment.ms': '3600000', 'retention.ms': '1000' });
  const lines = await runSetUp(env, { PARTITIONS: '3' });
  const description = (await admin.describeTopics([scores])).get(scores);
  expect(description?.partitions).toBe(3);
  expect(description?.configs.get('segment.ms')).toBe('3600000');
  expect(description?.configs.get('retention.ms')).toBe('1000');
  expect(lines).toContain(`topic … ${scores} keeps its retention.ms=1000: the standard is 604800000`);
});

test("what we publish stays compatible both ways; the CRM's schema is left as it is", async () => {
  const env = isolateEnv();
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const leads = `${env.TOPIC_PREFIX}lead-created-value`;
  const own = '{"type":"record","name":"Own","fields":[{"name":"id","type":"string"}]}';
  const id = await registry.register(leads, own);
  await runSetUp(env);
  expect((await registry.latest(leads))?.id).toBe(id);
  const latest = await registry.latest(`${env.TOPIC_PREFIX}lead-scores-value`);
  const schema = JSON.parse(latest?.schema ?? '') as { fields: object[] };
  const broken = { ...schema, fields: [...schema.fields, { name: 'required_now', type: 'string' }] };
  await expect(
    registry.register(`${env.TOPIC_PREFIX}lead-scores-value`, JSON.stringify(broken)),
  ).rejects.toThrow(SchemaRefused);
});

test('every problem of the configuration is told at once', async () => {
  await expect(runSetUp(isolateEnv(), { PARTITIONS: 'x', CLICKHOUSE_URL: 'nowhere' })).rejects.toThrow(
    /configuration: CLICKHOUSE_URL: .*\nconfiguration: PARTITIONS: /s,
  );
});

test('migrations run once, in order; a changed or missing one is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scoreline-migrations-'));
  const env = isolateEnv();
  const clickHouse = { url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE };
  const run = (): Promise<string[]> => migrate({ clickHouse, folder });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const database = createDatabase(clickHouse);
  try {
    write(
      '0001_first.sql',
      'CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x;\nINSERT INTO a VALUES (1);\n',
    );
    expect(await run()).toEqual(['0001_first.sql']);
    write('0002_second.sql', 'ALTER TABLE a ADD COLUMN y String;\nSELECT nope;\n');
    await expect(run()).rejects.toThrow('migration 0002_second.sql, statement 2 of 2: ');
    write('0002_second.sql', 'ALTER TABLE a ADD COLUMN IF NOT EXISTS y String;\n');
    expect(await run()).toEqual(['0002_second.sql']);
    expect(await run()).toEqual([]);
    expect(await database.query('SELECT * FROM a')).toEqual([{ x: 1, y: '' }]);
    write('0001_first.sql', 'SELECT 1;\n');
    await expect(run()).rejects.toThrow('has changed since it was run');
    rmSync(join(folder, '0001_first.sql'));
    await expect(run()).rejects.toThrow('the database has had migration 0001_first.sql');
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
});
