import { ClickHouseUnavailable, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createPeriodicReportRoutes } from './periodic-report-routes.ts';

const REPORT = {
  id: 'daily-2026-11-20-bank-leads',
  period: 'daily',
  clock: 'wall',
  model: 'bank-leads',
  starts_at: '2026-11-20T00:00:00.000Z',
  ends_at: '2026-11-21T00:00:00.000Z',
  title: 'Daily report on bank-leads, 2026-11-20',
  summary: '12 leads scored, no alert.',
  leads: 12,
  created_at: '2026-11-21T06:00:00.000Z',
};
const asked: unknown[] = [];
let isAway = false;
const database: Pick<Database, 'query'> = {
  async query<Row>(_sql: string, params = {}) {
    if (isAway) throw new ClickHouseUnavailable('ClickHouse can not be used now');
    asked.push(params);
    const isThere = !('id' in params) || params['id'] === REPORT.id;
    return (isThere ? [{ ...REPORT, markdown: '# A day', html: '<!doctype html>' }] : []) as Row[];
  },
};
const server = createApiHttp({
  telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  routes: [createPeriodicReportRoutes(database)],
});
afterAll(() => server.close());

const get = (url: string, accept = '*/*') => server.inject({ method: 'GET', url, headers: { accept } });

test('reports are listed without their text', async () => {
  expect((await get('/reports?period=daily&limit=3')).json()).toEqual({ reports: [REPORT] });
  expect(asked.at(-1)).toEqual({ model: '', period: 'daily', limit: 3 });
  expect((await get('/reports?limit=501')).statusCode).toBe(400);
});

test('a report is HTML under a policy by which nothing runs, Markdown for who wants that alone', async () => {
  const html = await get(`/reports/${REPORT.id}`, 'text/html,application/xhtml+xml,*/*;q=0.8');
  expect([html.statusCode, html.headers['content-type'], html.body]).toEqual([
    200,
    'text/html; charset=utf-8',
    '<!doctype html>',
  ]);
  expect(html.headers['content-security-policy']).toMatch(/^default-src 'none'; .*sandbox/);
  expect(html.headers).toMatchObject({ 'x-content-type-options': 'nosniff', vary: 'Accept' });
  const markdown = await get(`/reports/${REPORT.id}`, 'text/markdown');
  expect([markdown.headers['content-type'], markdown.body]).toEqual([
    'text/markdown; charset=utf-8',
    '# A day',
  ]);
});

test('what is not there is told, and what is away', async () => {
  expect((await get('/reports/daily-1999-01-01-x')).json()).toMatchObject({
    error: { code: 'report.unknown' },
  });
  expect((await get('/reports/..%2Fx')).statusCode).toBe(400);
  isAway = true;
  expect((await get('/reports')).statusCode).toBe(503);
  isAway = false;
});
