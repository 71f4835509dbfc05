import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import type { AlertReader } from '@scoreline/runtime/alerts/alert-reader.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterEach, expect, test } from 'vitest';
import { createAlertRoutes } from './alert-routes.ts';
import { createApiHttp } from './http.ts';

const FIRING = { ...alertOf(), position: 7, published_at: 7_200_000 };
const delivery = {
  sink: 'webhook',
  position: 7,
  outcome: 'delivered',
  attempts: 1,
  problem: '',
  attempted_at: '2026-01-01 00:00:00.000',
} as const;
let server: ReturnType<typeof createApiHttp>;
afterEach(() => server.close());

async function get(url: string, reader: Partial<AlertReader> = {}) {
  const alerts: Pick<AlertReader, 'list' | 'history'> = {
    list: async ({ all }) => (all ? [] : [{ latest: FIRING, standsFor: ['other'] }]),
    history: async (id) =>
      id === FIRING.alert_id ? { changes: [FIRING], deliveries: [delivery] } : undefined,
    ...reader,
  };
  server = createApiHttp({
    telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
    health: () => ({ ready: true }),
    routes: [createAlertRoutes(alerts)],
  });
  const answer = await server.inject(url);
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

test('what fires, with whom it stands for and times as ISO 8601', async () => {
  expect(await get('/alerts')).toMatchObject({
    status: 200,
    body: {
      alerts: [
        {
          alert_id: FIRING.alert_id,
          stands_for: ['other'],
          silenced_by: null,
          window_end: '1970-01-01T01:00:00.000Z',
        },
      ],
    },
  });
  expect((await get('/alerts?state=any')).body).toEqual({ alerts: [] });
});

test('so many as are asked for, 1,000 where nobody says', async () => {
  const asked: unknown[] = [];
  const list: AlertReader['list'] = async (options) => (asked.push(options), []);
  await get('/alerts?state=any', { list });
  await get('/alerts?limit=20', { list });
  expect(asked).toEqual([
    { all: true, most: 1_000 },
    { all: false, most: 20 },
  ]);
  for (const limit of ['0', '-1', '10000', 'all'])
    expect((await get(`/alerts?limit=${limit}`, { list })).status).toBe(400);
});

test('one alert’s life, and who was told', async () => {
  const id = encodeURIComponent(FIRING.alert_id);
  expect(await get(`/alerts/history?id=${id}`)).toMatchObject({
    status: 200,
    body: { alert_id: FIRING.alert_id, changes: [{ position: 7 }], deliveries: [delivery] },
  });
  expect(await get('/alerts/history?id=none')).toMatchObject({
    status: 404,
    body: { error: { code: 'alert.unknown' } },
  });
  expect((await get('/alerts/history')).status).toBe(400);
});

test('without ClickHouse it says so', async () => {
  const list = async (): Promise<never> => {
    throw new ClickHouseUnavailable('ClickHouse can not be used now: ECONNREFUSED');
  };
  expect(await get('/alerts', { list })).toMatchObject({
    status: 503,
    body: { error: { code: 'unavailable' } },
  });
});
