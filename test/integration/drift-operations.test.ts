import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { toDeadLetterRow } from '@scoreline/drift/ingest/rows.ts';
import { createOperationsWatch } from '@scoreline/drift/operations/watch-operations.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** Wall-clock windows, driven minute by minute over scores of a known past. */
const env = inject('stackEnv');
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 1, 12);
let bank: ModelPackage;
let room: DriftRoom;
let readUntilMs: number;
let leadsWaiting: number;
let offset: number;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
beforeEach(async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  readUntilMs = Infinity;
  leadsWaiting = 0;
  offset = 0;
});
afterEach(() => room.end());

/** `count` scores of one minute, each this long after its lead; event times lie years back, as in a replay. */
async function scoreMinute(
  minute: number,
  count: number,
  latencyMs: number,
  version = '1.0.0',
  role: LeadScored['role'] = 'production',
): Promise<void> {
  const fromMs = START_MS + minute * MINUTE_MS;
  const span = { count, fromMs: 0, toMs: MINUTE_MS, firstOffset: offset };
  const scores = makeScores({ reference: bank.reference, random: createRandom(minute) }, span).map(
    (score): LeadScored => ({
      ...score,
      model_version: version,
      role,
      event_time: Date.UTC(2009, 0, 1) + score.event_time,
      scored_at: fromMs + score.event_time,
      source: { ...score.source, timestamp: fromMs + score.event_time - latencyMs },
    }),
  );
  offset += count;
  await room.feed(scores);
}

async function failMinute(minute: number, count: number): Promise<void> {
  const failedAt = new Date(START_MS + minute * MINUTE_MS + 1_000).toISOString();
  const headers = { 'dlq.error.code': 'value.malformed', 'dlq.failed_at': failedAt };
  const rows = Array.from({ length: count }, (_, i) =>
    toDeadLetterRow('lead-created.dlq', 0, {
      offset: minute * 1_000 + i,
      timestamp: 0,
      key: null,
      value: null,
      headers,
    }),
  );
  await room.database.insert('dead_letters_raw', rows);
}

/** The task's turns through these minutes, twice each second's worth: a turn too many changes nothing. */
async function watchMinutes(from: number, to: number): Promise<void> {
  for (let minute = from; minute <= to; minute++) {
    // A fresh one each time, as after a restart.
    const watch = createOperationsWatch({
      database: room.database,
      models: room.models,
      events: { operationsMeasured: () => {} },
      readUntilMs: async () => readUntilMs,
      leadsWaiting: async () => leadsWaiting,
      isOwner: () => true,
    });
    const settledMs = START_MS + (minute + 1) * MINUTE_MS + 6_000;
    await watch.tick(settledMs);
    await watch.tick(settledMs + 30_000);
  }
  await room.publish();
}

test('latencies are those of the wall clock, whatever the event time', async () => {
  await scoreMinute(0, 200, 40);
  await watchMinutes(0, 0);
  const windows = await room.database.query(
    `SELECT window_start, count, dead_letters, latency_p50_ms, latency_p99_ms, last_score_at > window_start AS spoke FROM operation_windows`,
  );
  expect(windows).toEqual([
    {
      window_start: '2026-01-01 12:00:00.000',
      count: 200,
      dead_letters: 0,
      latency_p50_ms: 40,
      latency_p99_ms: 40,
      spoke: 1,
    },
  ]);
});

test('slow scoring fires after two windows of three and resolves after two calm ones', async () => {
  for (const [minute, latencyMs] of [40, 900, 900, 900, 40, 40, 40].entries())
    await scoreMinute(minute, 60, latencyMs);
  await watchMinutes(0, 6);
  expect(room.alerts.map(({ alert_id: id, state, severity }) => [id, state, severity])).toEqual([
    ['bank-leads/1.0.0/latency/p95/latency_ms/-/PT1M', 'firing', 'critical'],
    ['bank-leads/1.0.0/latency/p95/latency_ms/-/PT1M', 'resolved', 'critical'],
  ]);
  expect(room.alerts[0]!.window_start).toBe(START_MS + 2 * MINUTE_MS);
  const [answer] = await room.database.query<{ value: number }>(room.alerts[0]!.query);
  expect(answer!.value).toBe(900);
});

test('too many dead letters alarm, and their share can be re-derived', async () => {
  for (let minute = 0; minute < 3; minute++) {
    await scoreMinute(minute, 90, 20);
    await failMinute(minute, 10);
  }
  await watchMinutes(0, 2);
  expect(room.alerts).toHaveLength(1);
  expect(room.alerts[0]).toMatchObject({
    signal: 'error_rate',
    state: 'firing',
    value: 0.1,
    sample_size: 100,
  });
  const [answer] = await room.database.query<{ value: number }>(room.alerts[0]!.query);
  expect(answer!.value).toBeCloseTo(0.1, 12);
});

test('silence alarms, but not while drift itself has yet to read, nor while no leads come', async () => {
  await scoreMinute(0, 60, 20);
  await watchMinutes(0, 0);
  readUntilMs = START_MS;
  await watchMinutes(1, 18);
  expect(room.alerts).toEqual([]);
  const [unknown] = await room.database.query(
    `SELECT verdict, count() AS n FROM drift_results WHERE signal = 'throughput' AND window_start > toDateTime64('2026-01-01 12:00:00', 3, 'UTC') GROUP BY verdict`,
  );
  expect(unknown).toEqual({ verdict: 'insufficient_data', n: 18 });

  readUntilMs = Infinity;
  await watchMinutes(19, 20);
  expect(room.alerts).toEqual([]);

  leadsWaiting = 3;
  await watchMinutes(21, 23);
  expect(room.alerts).toHaveLength(1);
  expect(room.alerts[0]).toMatchObject({ signal: 'throughput', state: 'firing' });
  const [answer] = await room.database.query<{ value: number }>(room.alerts[0]!.query);
  expect(answer!.value).toBe(room.alerts[0]!.value);
  expect(answer!.value).toBeGreaterThan(15 * MINUTE_MS);
});

test('alerts of a version that no longer serves are resolved, and say so', async () => {
  for (let minute = 0; minute < 3; minute++) await scoreMinute(minute, 60, 900);
  await watchMinutes(0, 2);
  await scoreMinute(5, 60, 40, '1.1.0');
  await watchMinutes(5, 5);
  expect(room.alerts.map(({ state }) => state)).toEqual(['firing']);
  await scoreMinute(13, 60, 40, '1.1.0');
  await watchMinutes(13, 13);
  await watchMinutes(14, 14);
  expect(room.alerts.map(({ state, model_version: version }) => [version, state])).toEqual([
    ['1.0.0', 'firing'],
    ['1.0.0', 'resolved'],
  ]);
  expect(room.alerts[1]!.message).toContain('bank-leads 1.0.0 is no longer in production');
  expect(await room.database.query(`SELECT alert_id FROM firing_alerts`)).toEqual([]);
});

test('in the minute of a switch dead letters are measured against the scores of both versions', async () => {
  await scoreMinute(0, 100, 20);
  await scoreMinute(0, 60, 20, '1.1.0');
  await failMinute(0, 4);
  await watchMinutes(0, 0);
  const shares = `SELECT model_version, value FROM drift_results WHERE signal = 'error_rate' ORDER BY model_version`;
  expect(await room.database.query(shares)).toEqual([
    { model_version: '1.0.0', value: 4 / 164 },
    { model_version: '1.1.0', value: 4 / 164 },
  ]);
});

test('while a canary has all leads production is silent without an alarm, and shares are of all that was served', async () => {
  await scoreMinute(0, 60, 20);
  for (let minute = 1; minute < 20; minute++) await scoreMinute(minute, 95, 20, '1.1.0', 'canary');
  for (let minute = 17; minute < 20; minute++) await failMinute(minute, 5);
  leadsWaiting = 3;
  await watchMinutes(0, 19);
  expect(room.alerts.filter(({ signal }) => signal === 'throughput')).toEqual([]);
  const errors = room.alerts.find(({ signal }) => signal === 'error_rate');
  expect(errors).toMatchObject({ value: 0.05, sample_size: 100 });
  const [answer] = await room.database.query<{ value: number }>(errors!.query);
  expect(answer!.value).toBeCloseTo(0.05, 12);
});
