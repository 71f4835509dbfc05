import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openOperationsRoom, type OperationsRoom, MINUTE_MS, START_MS } from '../support/operations-room.ts';

/** What the service says of leads, models and clocks, minute by minute. */
const env = inject('stackEnv');
let own: OperationsRoom;

beforeEach(async () => {
  own = await openOperationsRoom(env.CLICKHOUSE_URL);
});
afterEach(() => own.room.end());

test('dead letters are told by code, and what models failed on apart from what leads were bad', async () => {
  const fellBack = (score: LeadScored, index: number): LeadScored =>
    index < 6 ? { ...score, fallback_from: '1.1.0', fallback_code: 'model.failed' } : score;
  for (let minute = 0; minute < 3; minute++) {
    await own.scoreMinute(minute, 90, 20, { change: fellBack });
    await own.failMinute(minute, 4, 'model.not_finite');
  }
  await own.failMinute(2.5, 6);
  await own.watchMinutes(0, 2);
  const [window] = await own.room.database.query(
    `SELECT dead_letters, dead_letter_codes, fallbacks, model_failures FROM operation_windows ORDER BY window_start DESC LIMIT 1`,
  );
  expect(window).toEqual({
    dead_letters: 10,
    dead_letter_codes: { 'model.not_finite': 4, 'value.malformed': 6 },
    fallbacks: 6,
    model_failures: 10,
  });
  const failures = own.room.alerts.find(({ subject }) => subject === 'model_failures');
  expect(failures).toMatchObject({ state: 'firing', severity: 'critical', sample_size: 94 });
  const [answer] = await own.room.database.query<{ value: number }>(failures!.query);
  expect(answer!.value).toBeCloseTo(failures!.value, 12);
});

test('leads that wait are told as seconds of work, and resolve once they are few', async () => {
  for (let minute = 0; minute < 6; minute++) {
    await own.scoreMinute(minute, 60, 20);
    own.kafka.leadsWaiting = minute < 3 ? 900 : 20;
    await own.watchMinutes(minute, minute);
  }
  const lag = own.room.alerts.filter(({ signal }) => signal === 'lag');
  expect(lag.map(({ state, severity, value }) => [state, severity, value])).toEqual([
    ['firing', 'critical', 900],
    ['resolved', 'critical', 0],
  ]);
  expect(lag[0]!.message).toContain('900 leads wait, 60 were read in the window');
  const [answer] = await own.room.database.query<{ value: number }>(lag[0]!.query);
  expect(answer!.value).toBe(900);
});

test('events from the future alarm as a matter of data', async () => {
  const early = (score: LeadScored, index: number): LeadScored =>
    index < 10 ? { ...score, event_time: score.source.timestamp + 3_600_000 } : score;
  for (let minute = 0; minute < 2; minute++) await own.scoreMinute(minute, 100, 20, { change: early });
  await own.watchMinutes(0, 1);
  const alert = own.room.alerts.find(({ signal }) => signal === 'data_quality');
  expect(alert).toMatchObject({ subject: 'event_time', state: 'firing', value: 0.1 });
  const [answer] = await own.room.database.query<{ value: number }>(alert!.query);
  expect(answer!.value).toBeCloseTo(0.1, 12);
});

test('no leads at an hour of the week that always had some is the CRM that is silent', async () => {
  const WEEK_MINUTES = 7 * 24 * 60;
  // Five weeks in which this half hour had leads, as the windows of then tell.
  const windows = Array.from({ length: 5 }, (_, week) =>
    Array.from({ length: 30 }, (_, minute) => {
      const startMs = START_MS + (minute - (week + 1) * WEEK_MINUTES) * MINUTE_MS;
      const end = { window_start: startMs, window_end: startMs + MINUTE_MS };
      const served = { model: 'bank-leads', model_version: '1.0.0', window_size: 'PT1M', caught_up: 1 };
      return { ...served, ...end, count: 3, scored: 3, last_score_at: startMs, last_lead_at: startMs };
    }),
  );
  await own.room.database.insert('operation_windows_raw', windows.flat());
  await own.scoreMinute(0, 60, 20);
  await own.watchMinutes(0, 0);
  await own.watchMinutes(14, 17);
  expect(own.room.alerts.map(({ subject, severity, state }) => [subject, severity, state])).toEqual([
    ['leads', 'warning', 'firing'],
  ]);
  const [alert] = own.room.alerts;
  expect(alert!.message).toMatch(/^leads have stopped coming: .*5 of the last 5 known weeks had some/);
  const [answer] = await own.room.database.query<{ value: number }>(alert!.query);
  expect(answer!.value).toBe(alert!.value);
});

test('nothing is expected of an hour that nobody has watched before', async () => {
  await own.scoreMinute(0, 60, 20);
  await own.watchMinutes(0, 0);
  await own.watchMinutes(14, 20);
  expect(own.room.alerts).toEqual([]);
});
