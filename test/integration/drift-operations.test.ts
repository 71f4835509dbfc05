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
let offset: number;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
beforeEach(async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  readUntilMs = Infinity;
  offset = 0;
});
afterEach(() => room.end());

/** `count` scores of one minute, each this long after its lead; event times lie years back, as in a replay. */
async function scoreMinute(minute: number, count: number, latencyMs: number): Promise<void> {
  const fromMs = START_MS + minute * MINUTE_MS;
  const span = { count, fromMs: 0, toMs: MINUTE_MS, firstOffset: offset };
  const scores = makeScores({ reference: bank.reference, random: createRandom(minute) }, span).map(
    (score): LeadScored => ({
      ...score,
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

test('silence alarms, but not while drift itself has yet to read', async () => {
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
  await watchMinutes(19, 21);
  expect(room.alerts).toHaveLength(1);
  expect(room.alerts[0]).toMatchObject({ signal: 'throughput', state: 'firing' });
  const [answer] = await room.database.query<{ value: number }>(room.alerts[0]!.query);
  expect(answer!.value).toBe(room.alerts[0]!.value);
  expect(answer!.value).toBeGreaterThan(15 * MINUTE_MS);
});
