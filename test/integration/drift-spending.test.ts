import { createSpendingTurn } from '@scoreline/drift/spending/watch-spending.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openOperationsRoom, type OperationsRoom, MINUTE_MS, START_MS } from '../support/operations-room.ts';

const cost = {
  cpuHour: 3.6,
  memoryGibHour: 0.36,
  currency: 'EUR',
  perThousand: { warning: 0.02, critical: 10 },
};
/** What scorer and shadow use of their machines, and what that costs. */
const env = inject('stackEnv');
let own: OperationsRoom;

beforeEach(async () => {
  own = await openOperationsRoom(env.CLICKHOUSE_URL, { policyOf: (policy) => ({ ...policy, cost }) });
});
afterEach(() => own.room.end());

const METRICS = (cpuSeconds: number, startedAt = 1): string =>
  `process_cpu_seconds_total{service="scorer"} ${cpuSeconds}\nprocess_resident_memory_bytes{service="scorer"} ${2 ** 30}\n` +
  `process_start_time_seconds{service="scorer"} ${startedAt}\n`;

const URLS = ['http://a:1/metrics', 'http://b:2/metrics'];

/** Drift's turn after a minute, in which each address answers with its page or not at all; those that did not. */
async function ask(minute: number, pages: readonly (string | undefined)[]): Promise<string[]> {
  const away: string[] = [];
  // A fresh one each time: what it compares with stands in ClickHouse.
  const turn = createSpendingTurn({
    database: own.room.database,
    urls: URLS.slice(0, pages.length),
    isOwner: () => true,
    nowMs: () => START_MS + (minute + 1) * MINUTE_MS,
    events: { instanceAway: (instance) => void away.push(instance) },
    async fetchMetrics(url) {
      const page = pages[URLS.indexOf(url)];
      if (page === undefined) throw new Error('connection refused');
      return page;
    },
  });
  await turn();
  return away;
}

test('what instances use is stored by the minute, through restarts of either side, and makes a cost', async () => {
  for (let minute = 0; minute < 4; minute++) await own.scoreMinute(minute, 1_000, 20);
  await ask(0, [METRICS(10), METRICS(50)]);
  expect(await ask(1, [METRICS(40), undefined])).toEqual(['b:2']);
  await ask(1, [METRICS(40), undefined]);
  await ask(2, [METRICS(3, START_MS / 1e3 + 150), METRICS(80)]);
  await own.watchMinutes(0, 3);

  const spending = `SELECT instance, state, seconds, cpu_seconds, memory_gib FROM spending ORDER BY window_start, instance`;
  expect(await own.room.database.query(spending)).toEqual([
    { instance: 'a:1', state: 'first', seconds: 0, cpu_seconds: 0, memory_gib: null },
    { instance: 'b:2', state: 'first', seconds: 0, cpu_seconds: 0, memory_gib: null },
    { instance: 'a:1', state: 'running', seconds: 60, cpu_seconds: 30, memory_gib: 1 },
    { instance: 'b:2', state: 'away', seconds: 0, cpu_seconds: 0, memory_gib: null },
    { instance: 'a:1', state: 'restarted', seconds: 30, cpu_seconds: 3, memory_gib: 1 },
    { instance: 'b:2', state: 'running', seconds: 120, cpu_seconds: 30, memory_gib: 1 },
  ]);
  const windows = `SELECT cpu_seconds, memory_gib_seconds, instances_away, round(cost, 6) AS cost, round(cost_per_thousand, 6) AS per_thousand FROM operation_windows ORDER BY window_start`;
  const unknown = {
    cpu_seconds: null,
    memory_gib_seconds: null,
    instances_away: 0,
    cost: null,
    per_thousand: null,
  };
  expect(await own.room.database.query(windows)).toEqual([
    unknown,
    { cpu_seconds: 30, memory_gib_seconds: 60, instances_away: 1, cost: 0.036, per_thousand: 0.036 },
    { cpu_seconds: 33, memory_gib_seconds: 150, instances_away: 0, cost: 0.048, per_thousand: 0.048 },
    unknown,
  ]);
  const daily = `SELECT * EXCEPT (cost, cost_per_thousand), round(cost, 6) AS cost, round(cost_per_thousand, 6) AS per_thousand FROM cost_daily`;
  expect(await own.room.database.query(daily)).toEqual([
    {
      day: '2026-01-01',
      window_size: 'PT1M',
      currency: 'EUR',
      windows: 2,
      scored: 2_000,
      cpu_seconds: 63,
      memory_gib_hours: 210 / 3_600,
      cost: 0.084,
      per_thousand: 0.042,
    },
  ]);
});

test('what was used while drift was away is set against no minute', async () => {
  await ask(0, [METRICS(10), undefined]);
  await ask(1, [METRICS(40), METRICS(5)]);
  await ask(60, [METRICS(2_000), METRICS(70, START_MS / 1e3 + 3_600)]);
  await ask(61, [METRICS(2_030), METRICS(90, START_MS / 1e3 + 3_600)]);
  const spending = `SELECT instance, state, seconds, cpu_seconds FROM spending WHERE window_start >= ${START_MS + 60 * MINUTE_MS} / 1000 ORDER BY window_start, instance`;
  expect(await own.room.database.query(spending)).toEqual([
    { instance: 'a:1', state: 'first', seconds: 0, cpu_seconds: 0 },
    { instance: 'b:2', state: 'first', seconds: 60, cpu_seconds: 70 },
    { instance: 'a:1', state: 'running', seconds: 60, cpu_seconds: 30 },
    { instance: 'b:2', state: 'running', seconds: 60, cpu_seconds: 20 },
  ]);
});

test('a window whose scores drift had not read is in no cost of 1,000', async () => {
  for (let minute = 0; minute < 5; minute++) {
    await own.scoreMinute(minute, minute === 2 ? 10 : 1_000, 20);
    await ask(minute, [METRICS(30 * minute)]);
    own.kafka.readUntilMs = minute === 2 ? START_MS : Infinity;
    await own.watchMinutes(minute, minute);
  }
  const perThousand = 0.036;
  const about = expect.closeTo(perThousand, 9);
  const results = `SELECT value FROM drift_results WHERE signal = 'cost' AND sample_size > 0 ORDER BY window_start`;
  const values = await own.room.database.query<{ value: number }>(results);
  expect(values.map(({ value }) => value)).toEqual(values.map(() => about));
  expect(values.length).toBeGreaterThan(2);
  const alert = own.room.alerts.find(({ signal }) => signal === 'cost');
  const [answer] = await own.room.database.query<{ value: number }>(alert!.query);
  expect([alert!.value, answer!.value]).toEqual([about, about]);
  const daily = `SELECT windows, scored, cpu_seconds, round(cost_per_thousand, 6) AS per_thousand FROM cost_daily`;
  expect(await own.room.database.query(daily)).toEqual([
    { windows: 3, scored: 3_000, cpu_seconds: 90, per_thousand: perThousand },
  ]);
});
