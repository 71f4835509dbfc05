import { createSpendingTurn } from '@scoreline/drift/spending/watch-spending.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openOperationsRoom, type OperationsRoom, MINUTE_MS, START_MS } from '../support/operations-room.ts';

const cost = {
  cpuHour: 3.6,
  memoryGibHour: 0.36,
  currency: 'EUR',
  perThousand: { warning: 1, critical: 10 },
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

test('what instances use is stored by the minute, through restarts of either side, and makes a cost', async () => {
  const away: string[] = [];
  const urls = ['http://a:1/metrics', 'http://b:2/metrics'];
  const ask = async (minute: number, pages: readonly (string | undefined)[]): Promise<void> => {
    // A fresh one each time: what it compares with stands in ClickHouse.
    const turn = createSpendingTurn({
      database: own.room.database,
      urls,
      isOwner: () => true,
      nowMs: () => START_MS + (minute + 1) * MINUTE_MS,
      events: { instanceAway: (instance) => void away.push(instance) },
      async fetchMetrics(url) {
        const page = pages[urls.indexOf(url)];
        if (page === undefined) throw new Error('connection refused');
        return page;
      },
    });
    await turn();
  };
  for (let minute = 0; minute < 4; minute++) await own.scoreMinute(minute, 1_000, 20);
  await ask(0, [METRICS(10), METRICS(50)]);
  await ask(1, [METRICS(40), undefined]);
  await ask(1, [METRICS(40), undefined]);
  await ask(2, [METRICS(3, START_MS / 1e3 + 150), METRICS(80)]);
  await own.watchMinutes(0, 3);

  expect(away).toEqual(['b:2', 'b:2']);
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
