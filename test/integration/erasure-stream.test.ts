import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { KEPT_FOR_EVER, readRetentions } from '@scoreline/runtime/clickhouse/retention.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';
import { until } from '../support/until.ts';

/** The command and the service beside each other: topics in, a lead out for good. */
const MODELS = new URL('../../models', import.meta.url).pathname;
const KEY = 'a key of the installation, 32 characters';
const START_MS = Date.UTC(2024, 0, 1);
const logFolder = mkdtempSync(join(tmpdir(), 'scoreline-erasure-'));
let env: IsolatedEnv;
let database: Database;

beforeAll(async () => {
  env = await setUpIsolatedEnv({ PARTITIONS: '1' });
  database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
});
afterAll(() => database.close());

async function startDrift(key: string): Promise<ServiceProcess> {
  const [port = 0] = await findFreePorts(1);
  return startService('drift', { env: { ...process.env, ...env, ERASURE_KEY: key }, port, logFolder });
}

async function publish(scores: readonly LeadScored[]): Promise<void> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  const avro = await createAvroWriter<LeadScored>(registry, `${topic}-value`, contractSchema('lead-scored'));
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'test' }, () => {});
  await publisher.connect();
  const records = scores.map((score) => ({
    key: Buffer.from(score.lead_id),
    value: avro.encode(score),
    partition: 0,
  }));
  await publisher.publish(topic, records);
  await publisher.close();
}

async function makeLeads(firstOffset: number, leadIds: readonly string[]): Promise<LeadScored[]> {
  const { reference } = await loadPackage(`${MODELS}/bank-leads/1.0.0`);
  const span = { count: leadIds.length, fromMs: START_MS, toMs: START_MS + 3_600_000, firstOffset };
  return makeScores({ reference, random: createRandom(1) }, span).map((score, i) => ({
    ...score,
    lead_id: leadIds[i] ?? score.lead_id,
  }));
}

async function countLeads(): Promise<Record<string, number>> {
  const rows = await database.query<{ lead: string; n: number }>(
    `SELECT lead_id AS lead, count() AS n FROM scores GROUP BY lead ORDER BY lead`,
  );
  return Object.fromEntries(rows.map(({ lead, n }) => [lead, n]));
}

const has = (counts: Record<string, number>) => async () =>
  JSON.stringify(await countLeads()) === JSON.stringify(counts);
const scoreline = (args: readonly string[], more: NodeJS.ProcessEnv = { ERASURE_KEY: KEY }) =>
  runScoreline({ ...process.env, ...env, ...more }, args);

test('a lead that the command has forgotten stays away, also when drift begins anew', async () => {
  const drift = await startDrift(KEY);
  await drift.untilReady();
  await publish(await makeLeads(0, ['anna', 'anna', 'anna-2', 'bert']));
  await until(has({ anna: 2, 'anna-2': 1, bert: 1 }), 60_000, 'scores were not stored');

  const done = await scoreline(['forget', 'anna', '--reason', 'asked for']);
  expect(done).toMatchObject({ code: 0, text: expect.stringMatching(/lead_scores +2\b/) });
  expect(done.text).toMatch(
    /verified: none is left[\s\S]*lead-created\.dlq +37 days[\s\S]*kept away until 20/,
  );
  expect(done.text).not.toContain('anna');

  const refused = await scoreline(['forget', 'bert'], {
    ERASURE_KEY: 'another key of the installation, longer',
  });
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('nothing was begun') });

  await publish(await makeLeads(10, ['anna', 'anna-2']));
  await until(has({ 'anna-2': 2, bert: 1 }), 60_000, 'later scores were not stored');
  await drift.stop();

  // With another key nobody would be recognized, so nothing is written.
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  await lab.commit(`${env.TOPIC_PREFIX}drift`, `${env.TOPIC_PREFIX}lead-scores`, 0, 0);
  await database.command('TRUNCATE TABLE lead_scores');
  const stranger = await startDrift('another key of the installation, longer');
  await until(
    async () => (await askHealth(stranger.url)).includes('ERASURE_KEY is another key'),
    60_000,
    'drift did not say that it has the wrong key',
  );
  expect(await countLeads()).toEqual({});
  await stranger.stop();

  const again = await startDrift(KEY);
  await until(has({ 'anna-2': 2, bert: 1 }), 60_000, 'scores were not stored again');
  await again.stop();
  await lab.close();
}, 240_000);

async function askHealth(url: string): Promise<string> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.text(),
    () => '',
  );
}

test('the command says what it lacks', async () => {
  const withoutKey = await scoreline(['forget', 'anna'], { ERASURE_KEY: '' });
  expect(withoutKey).toMatchObject({ code: 1, text: expect.stringContaining('openssl rand -hex 32') });
});

test('every table has a retention that counts from when a row was written, or a reason to have none', async () => {
  const retentions = await readRetentions(database);
  expect(retentions.length).toBeGreaterThan(15);
  const kept = retentions.filter(({ days }) => days === null).map(({ table }) => table);
  expect(kept).toEqual(Object.keys(KEPT_FOR_EVER).sort());
  const columns = new Set(retentions.flatMap(({ days, column }) => (days === null ? [] : [column])));
  expect([...columns].filter((column) => /event|occurred|window|source/.test(column))).toEqual([]);
});

test('an operator chooses how long a table keeps its rows', async () => {
  expect(await scoreline(['retention', 'set', 'lead_scores', '90'])).toMatchObject({ code: 0 });
  const { text } = await scoreline(['retention', 'show']);
  expect(text).toMatch(/lead_scores +90 +ingested_at/);
  expect(text).toMatch(/model_events_raw +kept +the audit/);
  const refused = await scoreline(['retention', 'set', 'suppressed_leads', '1']);
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('those that have: alert') });
});
