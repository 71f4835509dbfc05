import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openOperationsRoom, type OperationsRoom, MINUTE_MS, START_MS } from '../support/operations-room.ts';

/** Wall-clock windows, driven minute by minute over scores of a known past. */
const env = inject('stackEnv');
let own: OperationsRoom;

beforeEach(async () => {
  own = await openOperationsRoom(env.CLICKHOUSE_URL);
});
afterEach(() => own.room.end());

test('latencies are those of the wall clock, whatever the event time', async () => {
  await own.scoreMinute(0, 200, 40);
  await own.watchMinutes(0, 0);
  const windows = await own.room.database.query(
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
    await own.scoreMinute(minute, 60, latencyMs);
  await own.watchMinutes(0, 6);
  expect(own.room.alerts.map(({ alert_id: id, state, severity }) => [id, state, severity])).toEqual([
    ['bank-leads/1.0.0/latency/p95/latency_ms/-/PT1M', 'firing', 'critical'],
    ['bank-leads/1.0.0/latency/p95/latency_ms/-/PT1M', 'resolved', 'critical'],
  ]);
  expect(own.room.alerts[0]!.window_start).toBe(START_MS + 2 * MINUTE_MS);
  const [answer] = await own.room.database.query<{ value: number }>(own.room.alerts[0]!.query);
  expect(answer!.value).toBe(900);
});

test('too many dead letters alarm, and their share can be re-derived', async () => {
  for (let minute = 0; minute < 3; minute++) {
    await own.scoreMinute(minute, 90, 20);
    await own.failMinute(minute, 10);
  }
  await own.watchMinutes(0, 2);
  expect(own.room.alerts).toHaveLength(1);
  expect(own.room.alerts[0]).toMatchObject({
    signal: 'error_rate',
    state: 'firing',
    value: 0.1,
    sample_size: 100,
  });
  const [answer] = await own.room.database.query<{ value: number }>(own.room.alerts[0]!.query);
  expect(answer!.value).toBeCloseTo(0.1, 12);
});

test('silence alarms, but not while drift itself has yet to read, nor while no leads come', async () => {
  await own.scoreMinute(0, 60, 20);
  await own.watchMinutes(0, 0);
  own.kafka.readUntilMs = START_MS;
  await own.watchMinutes(1, 18);
  expect(own.room.alerts).toEqual([]);
  const [unknown] = await own.room.database.query(
    `SELECT verdict, count() AS n FROM drift_results WHERE subject = 'scores' AND window_start > toDateTime64('2026-01-01 12:00:00', 3, 'UTC') GROUP BY verdict`,
  );
  expect(unknown).toEqual({ verdict: 'insufficient_data', n: 18 });

  own.kafka.readUntilMs = Infinity;
  await own.watchMinutes(19, 20);
  expect(own.room.alerts).toEqual([]);

  own.kafka.leadsWaiting = 3;
  await own.watchMinutes(21, 23);
  expect(own.room.alerts).toHaveLength(1);
  expect(own.room.alerts[0]).toMatchObject({ signal: 'throughput', state: 'firing' });
  const [answer] = await own.room.database.query<{ value: number }>(own.room.alerts[0]!.query);
  expect(answer!.value).toBe(own.room.alerts[0]!.value);
  expect(answer!.value).toBeGreaterThan(15 * MINUTE_MS);
});

test('alerts of a version that no longer serves are resolved, and say so', async () => {
  for (let minute = 0; minute < 3; minute++) await own.scoreMinute(minute, 60, 900);
  await own.watchMinutes(0, 2);
  await own.scoreMinute(5, 60, 40, { version: '1.1.0' });
  await own.watchMinutes(5, 5);
  expect(own.room.alerts.map(({ state }) => state)).toEqual(['firing']);
  await own.scoreMinute(13, 60, 40, { version: '1.1.0' });
  await own.watchMinutes(13, 13);
  await own.watchMinutes(14, 14);
  expect(own.room.alerts.map(({ state, model_version: version }) => [version, state])).toEqual([
    ['1.0.0', 'firing'],
    ['1.0.0', 'resolved'],
  ]);
  expect(own.room.alerts[1]!.message).toContain('bank-leads 1.0.0 is no longer in production');
  expect(await own.room.database.query(`SELECT alert_id FROM firing_alerts`)).toEqual([]);
});

test('an alert that the policy has no place for any more is resolved, and says so', async () => {
  let size = 'PT1M';
  await own.room.end();
  own = await openOperationsRoom(env.CLICKHOUSE_URL, {
    policyOf: (policy) => ({
      ...policy,
      operations: { ...policy.operations, window: parseDuration(size)! },
    }),
  });
  for (let minute = 0; minute < 12; minute++) await own.scoreMinute(minute, 60, minute < 3 ? 900 : 40);
  await own.watchMinutes(0, 2);
  size = 'PT5M';
  await own.watchMinutes(9, 9);
  expect(own.room.alerts.map(({ state, window_size: of }) => [of, state])).toEqual([
    ['PT1M', 'firing'],
    ['PT1M', 'resolved'],
  ]);
  expect(own.room.alerts[1]!.message).toBe('latency_ms is watched no longer: the policy leaves it out.');
  await own.watchMinutes(10, 11);
  expect(own.room.alerts).toHaveLength(2);
});

test('in the minute of a switch dead letters are measured against the scores of both versions', async () => {
  await own.scoreMinute(0, 100, 20);
  await own.scoreMinute(0, 60, 20, { version: '1.1.0' });
  await own.failMinute(0, 4);
  await own.watchMinutes(0, 0);
  const shares = `SELECT model_version, value FROM drift_results WHERE subject = 'dead_letters' ORDER BY model_version`;
  expect(await own.room.database.query(shares)).toEqual([
    { model_version: '1.0.0', value: 4 / 164 },
    { model_version: '1.1.0', value: 4 / 164 },
  ]);
});

test('while a canary has all leads production is silent without an alarm, and shares are of all that was served', async () => {
  await own.scoreMinute(0, 60, 20);
  for (let minute = 1; minute < 20; minute++)
    await own.scoreMinute(minute, 95, 20, { version: '1.1.0', role: 'canary' });
  for (let minute = 17; minute < 20; minute++) await own.failMinute(minute, 5);
  own.kafka.leadsWaiting = 3;
  await own.watchMinutes(0, 19);
  expect(own.room.alerts.filter(({ signal }) => signal === 'throughput')).toEqual([]);
  const errors = own.room.alerts.find(({ signal }) => signal === 'error_rate');
  expect(errors).toMatchObject({ value: 0.05, sample_size: 100 });
  const [answer] = await own.room.database.query<{ value: number }>(errors!.query);
  expect(answer!.value).toBeCloseTo(0.05, 12);
});
