import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { readDriftConfig } from '@scoreline/drift/config.ts';
import { createDriftEvents } from '@scoreline/drift/drift-events.ts';
import { createDriftService, type DriftService } from '@scoreline/drift/drift-service.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { createPublisher, type Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { openRetraining } from '@scoreline/runtime/retraining/open-retraining.ts';
import { createTelemetry, type Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { locateRegistry } from '../support/registry-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** The whole service on Kafka, registry and ClickHouse: topics in, rows, windows and alerts out. */
const MODELS = new URL('../../models', import.meta.url).pathname;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const PARTITIONS = 3;
const ignore = (): void => {};
const patiently = { timeout: 60_000, interval: 250 };

let env: IsolatedEnv;
let bank: ModelPackage;
let database: Database;
let publisher: Publisher;
let proxy: FaultyProxy;
let running: { drift: DriftService; telemetry: Telemetry; stop(): Promise<void> };

beforeAll(async () => {
  env = await setUpIsolatedEnv({ PARTITIONS: String(PARTITIONS) });
  bank = await loadPackage(`${MODELS}/bank-leads/1.0.0`);
  database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'test' }, ignore);
  await publisher.connect();
  proxy = await startFaultyProxy(new URL(env.CLICKHOUSE_URL));
  running = await startDrift();
});
afterAll(async () => {
  await running.stop();
  await Promise.all([publisher.close(), database.close(), proxy.close()]);
});

async function startDrift(): Promise<typeof running> {
  const read = readDriftConfig({
    ...env,
    MODELS_DIR: MODELS,
    CLICKHOUSE_URL: `http://127.0.0.1:${proxy.port}`,
  });
  if (!read.ok) throw new Error(read.problems.join('; '));
  const { config } = read;
  const telemetry = createTelemetry({ service: 'drift', logLevel: 'silent' });
  const events = createDriftEvents(telemetry);
  const own = createDatabase({ url: config.CLICKHOUSE_URL, database: config.CLICKHOUSE_DATABASE });
  const retraining = openRetraining({
    location: locateRegistry(env),
    events: SILENT_PROJECTION,
    clientLog: ignore,
  });
  await retraining.start(ignore);
  const drift = await createDriftService(
    { config, database: own, publisher, events, leadsWaiting: async () => 0, retraining },
    ignore,
  );
  await drift.start(ignore);
  return {
    drift,
    telemetry,
    async stop() {
      await drift.stop();
      await Promise.all([retraining.close(), own.close()]);
    },
  };
}

async function publishScores(scores: readonly LeadScored[], topic = 'lead-scores'): Promise<void> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const name = `${env.TOPIC_PREFIX}${topic}`;
  const avro = await createAvroWriter<LeadScored>(registry, `${name}-value`, contractSchema('lead-scored'));
  await publisher.publish(
    name,
    scores.map((score) => ({
      key: Buffer.from(score.lead_id),
      value: avro.encode(score),
      partition: score.source.partition,
    })),
  );
}

/** Days of scores over all partitions; contacts are 90 years old from day 3 on. */
function makeDays(days: number, firstOffset: number): LeadScored[] {
  const random = createRandom(firstOffset + 1);
  const scores = makeScores(
    { reference: bank.reference, random },
    { count: 300 * days, fromMs: START_MS, toMs: START_MS + days * DAY_MS, firstOffset },
  );
  return scores.map((score, i) => ({ ...score, source: { ...score.source, partition: i % PARTITIONS } }));
}

async function countScores(): Promise<number> {
  const [row] = await database.query<{ n: number }>(`SELECT count() AS n FROM scores`);
  return row!.n;
}

async function metric(name: string): Promise<number> {
  const found = await running.telemetry.registry.getSingleMetric(name)?.get();
  return found?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

test('scores become rows and windows; poison is counted and skipped', async () => {
  const scores = makeDays(130, 0);
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  await publishScores(scores.slice(0, 9_000));
  const unknownSchema = Buffer.from([0, 0, 0xff, 0xff, 0xff, 1, 2, 3]);
  await publisher.publish(
    topic,
    [null, Buffer.from('no avro'), unknownSchema].map((value) => ({ key: null, value, partition: 1 })),
  );
  await publishScores(scores.slice(9_000));

  await vi.waitFor(async () => expect(await countScores()).toBe(scores.length), patiently);
  expect(await metric('scoreline_drift_poison_total')).toBe(3);
  await vi.waitFor(async () => {
    const [row] = await database.query(
      `SELECT count() AS windows, sumIf(count, window_size = 'P1D') AS leads FROM score_windows`,
    );
    // Day 130 is open: 129 days, 18 weeks, 4 months, a quarter.
    expect(row).toEqual({ windows: 152, leads: 129 * 300 });
  }, patiently);
  expect(running.drift.notReady()).toBeUndefined();
});

test('a second instance that reads everything again changes nothing', async () => {
  const windows = `SELECT window_size, window_start, revision, count, score_bins FROM score_windows ORDER BY ALL`;
  const before = await database.query(windows);
  const rows = await countScores();
  await running.stop();
  // What was read between two commits is read again: here, the last third of each partition.
  running = await startDrift();
  await publishScores(makeDays(130, 0).slice(-3_000));
  await vi.waitFor(
    async () => expect(await metric('scoreline_drift_records_in_total')).toBeGreaterThanOrEqual(3_000),
    patiently,
  );
  await vi.waitFor(async () => {
    const [pending] = await database.query(
      `SELECT countIf(done = 0) AS open FROM dirty_windows FINAL WHERE window_size = 'P1D' AND window_start < toDateTime64('2024-05-09 00:00:00', 3, 'UTC')`,
    );
    expect(pending).toEqual({ open: 0 });
  }, patiently);
  expect(await countScores()).toBe(rows);
  expect(await database.query(windows)).toEqual(before);
});

test('while ClickHouse is away nothing is lost and health says so', async () => {
  const before = await countScores();
  proxy.poison({ kind: 'cut' });
  const scores = makeDays(10, 100_000);
  await publishScores(scores);
  await vi.waitFor(
    () => expect(running.drift.notReady()).toContain('ClickHouse can not be used now'),
    patiently,
  );
  proxy.poison(undefined);
  await vi.waitFor(async () => expect(await countScores()).toBe(before + scores.length), patiently);
  await vi.waitFor(() => expect(running.drift.notReady()).toBeUndefined(), patiently);
});

test('outcomes and dead letters become rows', async () => {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const topic = `${env.TOPIC_PREFIX}lead-outcomes`;
  const avro = await createAvroWriter<LeadOutcome>(
    registry,
    `${topic}-value`,
    contractSchema('lead-outcome'),
  );
  const outcome = (recordedAt: number, converted: boolean): LeadOutcome => ({
    lead_id: 'l7',
    event_id: null,
    converted,
    label: null,
    value: null,
    occurred_at: START_MS + 5 * DAY_MS,
    recorded_at: recordedAt,
  });
  await publisher.publish(
    topic,
    [outcome(START_MS + 7 * DAY_MS, true), outcome(START_MS + 6 * DAY_MS, false)].map((value) => ({
      key: Buffer.from('l7'),
      value: avro.encode(value),
    })),
  );
  const headers = {
    'dlq.error.code': 'value.malformed',
    'dlq.error.message': 'cut short',
    'dlq.source.topic': 'lead-created',
    'dlq.source.partition': '2',
    'dlq.source.offset': '17',
    'dlq.schema.id': '',
    'dlq.failed_at': '2024-01-02T03:04:05.678Z',
  };
  await publisher.publish(`${env.TOPIC_PREFIX}lead-created.dlq`, [
    { key: null, value: Buffer.from('xyz'), headers, partition: 2 },
  ]);

  await vi.waitFor(async () => {
    expect(await database.query(`SELECT lead_id, converted, label FROM outcomes`)).toEqual([
      { lead_id: 'l7', converted: true, label: 1 },
    ]);
    expect(await database.query(`SELECT * EXCEPT (topic, partition, offset) FROM dead_letters`)).toEqual([
      {
        error_code: 'value.malformed',
        error_message: 'cut short',
        source_topic: 'lead-created',
        source_partition: 2,
        source_offset: 17,
        schema_id: null,
        role: 'production',
        model: '',
        model_version: '',
        failed_at: '2024-01-02 03:04:05.678',
        value_bytes: 3,
      },
    ]);
  }, patiently);
});

test('alerts stand on their topic as in ClickHouse, and their SQL gives their values', async () => {
  const random = createRandom(77);
  // Two quarters of other people: the bank's policy alarms on quarters.
  const scores = makeScores(
    {
      reference: bank.reference,
      random,
      distort: (inputs, names) => void (inputs[names.indexOf('age')] = 90),
    },
    { count: 4_000, fromMs: Date.UTC(2024, 6, 1), toMs: Date.UTC(2025, 0, 3), firstOffset: 200_000 },
  ).map((score, i) => ({ ...score, source: { ...score.source, partition: i % PARTITIONS } }));
  await publishScores(scores);
  await vi.waitFor(async () => {
    const [firing] = await database.query(
      `SELECT count() AS n FROM firing_alerts WHERE subject = 'age' AND signal = 'feature_drift'`,
    );
    expect(firing).toEqual({ n: 2 });
  }, patiently);

  const published = await readAlerts();
  const stored = await database.query<{ alert_id: string; query: string; value: number; message: string }>(
    `SELECT alert_id, query, value, message FROM alerts WHERE window_start = toDateTime64('2024-07-01 00:00:00', 3, 'UTC') ORDER BY alert_id`,
  );
  expect(stored.length).toBeGreaterThan(1);
  for (const alert of stored) {
    expect(published.get(alert.alert_id)).toMatchObject({ message: alert.message, value: alert.value });
    const [answer] = await database.query<{ value: number }>(alert.query);
    expect(answer!.value).toBeCloseTo(alert.value, 9);
  }
});

/** The alerts' latest states on their topic. */
async function readAlerts(): Promise<Map<string, ScoringAlert>> {
  const avro = createAvroReader<ScoringAlert>(createRegistryClient({ url: env.SCHEMA_REGISTRY_URL }));
  const alerts = new Map<string, ScoringAlert>();
  const reader = createBatchReader({
    kafka: { brokers: [env.KAFKA_BROKERS], clientId: 'test' },
    groupId: `${env.TOPIC_PREFIX}test-alerts`,
    topics: [`${env.TOPIC_PREFIX}scoring-alerts`],
    async onBatch({ records }) {
      await avro.prepare(records.map(({ value }) => value));
      for (const record of records) {
        const decoded = avro.decode(record.value);
        if (decoded.ok) alerts.set(record.key!.toString(), decoded.value);
      }
    },
    events: { joined: ignore, batchFailed: ignore, consumerCrashed: ignore, clientLog: ignore },
  });
  await reader.start(ignore);
  await vi.waitFor(async () => {
    expect(alerts.size).toBeGreaterThan(1);
    expect([...(await reader.lag()).values()]).toEqual([0]);
  }, patiently);
  await reader.stop();
  return alerts;
}
