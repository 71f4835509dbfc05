import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { type KafkaLab, openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { compareDatabases } from '../faults/judge/compare-tables.ts';
import { judgeFaults } from '../faults/judge/judge.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';

/** What judges a run of `npm run faults` sees what is wrong, where it is made wrong by hand. */

let env: IsolatedEnv;
let lab: KafkaLab;
let database: Database;

beforeAll(async () => {
  env = await setUpIsolatedEnv({ PARTITIONS: '1' });
  lab = await openKafkaLab(env.KAFKA_BROKERS);
  database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
});
afterAll(() => Promise.all([lab.close(), database.close()]));

test('a lead that is answered with the score or the letter of another one is told', async () => {
  const topic = (name: string): string => env.TOPIC_PREFIX + name;
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const writer = await createAvroWriter<object>(
    registry,
    `${topic('lead-scores')}-value`,
    contractSchema('lead-scored'),
  );
  const leads = ['lead-0', 'lead-1', 'lead-2', 'lead-3', 'lead-4'];
  const toLead = (key: string) => ({ key, value: Buffer.from('any') });
  const end = await lab.produce(topic('lead-created'), 0, leads.map(toLead));
  await lab.commit(topic('scorer'), topic('lead-created'), 0, end);
  const toScore = (lead: string, offset: number) => ({
    key: lead,
    value: writer.encode({
      event_id: `event-${offset}`,
      lead_id: lead,
      model: 'bank-leads',
      model_version: '1.0.0',
      role: 'production',
      score: 0.5,
      band: 'warm',
      event_time: 1,
      scored_at: 1,
      source: { topic: topic('lead-created'), partition: 0, offset, timestamp: 1 },
    }),
  });
  await lab.produce(topic('lead-scores'), 0, [
    toScore('lead-0', 0),
    toScore('lead-2', 1),
    toScore('lead-1', 2),
  ]);
  const toLetter = (key: string, offset: number) => ({
    key,
    value: Buffer.from('any'),
    headers: { 'dlq.role': 'production', 'dlq.source.partition': '0', 'dlq.source.offset': String(offset) },
  });
  await lab.produce(topic('lead-created.dlq'), 0, [toLetter('lead-3', 3), toLetter('lead-0', 4)]);
  const { leads: count, roles } = await judgeFaults(env, ['production']);
  expect({ count, ...roles['production'] }).toEqual({
    count: 5,
    scores: 3,
    deadLetters: 2,
    lost: 0,
    duplicates: 0,
    phantoms: 0,
    contradicted: 0,
    wrongPartition: 0,
    outOfOrder: 0,
    foreignKey: 3,
    uncommitted: 0,
  });
}, 120_000);

test.each([
  ['the same number', '1', '1', 0],
  ['sums of another order', '1000000', '1000000.0000001', 0],
  ['another number', '1', '1.1', 1],
  ['a number and none', '1', 'nan', 1],
  ['none and none', 'nan', 'nan', 0],
  ['a number and infinity', '1', 'inf', 1],
  ['infinity, and below', 'inf', '-inf', 1],
  ['infinity twice', 'inf', 'inf', 0],
  ['nothing and nothing', 'NULL', 'NULL', 0],
  ['nothing and a number', 'NULL', '1', 1],
  ['none and nothing', 'nan', 'NULL', 1],
])('rows with %s: %s beside %s', async (_, first, second, different) => {
  expect(await compareRows([first], [second])).toEqual([
    { table: 'told', rows: 1, missing: 0, surplus: 0, different, mayBeLate: false },
  ]);
});

test.each([
  ['first', ['1', '1'], ['1']],
  ['second', ['1'], ['1', '1']],
  ['both', ['1', '1'], ['1', '1']],
])('a row that stands twice in %s', async (_, first, second) => {
  expect(await compareRows(first, second)).toMatchObject([{ rows: 1, different: 1 }]);
});

/** Of a table with a key of 1 and these numbers, in two databases. */
async function compareRows(first: readonly string[], second: readonly string[]) {
  const names = ['first', 'second'].map((name) => `${env.CLICKHOUSE_DATABASE}_${name}`);
  for (const [i, numbers] of [first, second].entries()) {
    await database.command(`CREATE DATABASE IF NOT EXISTS ${names[i]}`);
    await database.command(
      `CREATE OR REPLACE TABLE ${names[i]}.told (key Int32, name String, number Nullable(Float64)) ENGINE = MergeTree ORDER BY key`,
    );
    const values = numbers.map((number) => `(1, 'a', ${number})`).join(', ');
    await database.command(`INSERT INTO ${names[i]}.told VALUES ${values}`);
  }
  const [of = '', beside = ''] = names;
  const told = { table: 'told', keys: ['key'], exact: ['name'], near: ['number'] };
  return compareDatabases(database, of, beside, { untilMs: 0, tables: [told] });
}
