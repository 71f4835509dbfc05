import { evaluateGate } from '@scoreline/core/gate/gate.ts';
import { GOOD_REPORT } from '@scoreline/core/gate/testing/report.ts';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Candidate, Version } from '@scoreline/core/shadow/report.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import type { ReportOptions, ReportService } from '@scoreline/runtime/reports/report-service.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createReportRoutes } from './report-routes.ts';

const policy = completePolicy({});
const asked: { candidate: Candidate; options: ReportOptions }[] = [];
let staging: readonly Version[] = [];

const reports: ReportService = {
  listShadows: async () => [{ model: 'bank-leads', version: '0.9.0', role: 'shadow', runId: null }],
  findRun: async (runId) =>
    runId === 'r1' ? { model: 'bank-leads', version: '1.1.0', role: 'backtest', runId } : undefined,
  findBacktestOf: async () => undefined,
  async judge(candidate, options = {}) {
    if (candidate.version === '6.6.6') throw new ClickHouseUnavailable('ClickHouse can not be used now');
    if (!policy.ok) throw new Error('policy');
    asked.push({ candidate, options });
    const golden = { checked: false, detail: 'no package' } as const;
    return { report: GOOD_REPORT, gate: evaluateGate(GOOD_REPORT, policy.policy.gate, golden, 0) };
  },
};
const server = createApiHttp({
  telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  routes: [createReportRoutes({ reports, listStaging: () => staging })],
});

beforeEach(() => {
  asked.length = 0;
  staging = [];
});
afterAll(() => server.close());

const get = (query: string) => server.inject({ method: 'GET', url: `/shadow-report${query}` });

test('a report comes with its gate, in snake_case, whole', async () => {
  const answer = await get('?candidate=bank-leads@1.1.0&against=bank-leads@1.0.0&from=2024-01-01T00:00:00Z');
  expect(answer.json()).toMatchObject({
    reports: [
      {
        report: { comparison: { top_overlap: { k: 199 } }, coverage: { unpaired: { shadow_lag: 10 } } },
        gate: { state: 'insufficient_data', conditions: { length: 9 } },
      },
    ],
  });
  expect(asked).toMatchObject([
    {
      candidate: { version: '1.1.0', role: 'shadow' },
      options: { against: { version: '1.0.0' }, fromMs: Date.UTC(2024, 0, 1), toMs: null },
    },
  ]);
});

test('without a name, those in Staging; with none there, those that have scored', async () => {
  await get('');
  staging = [
    { model: 'bank-leads', version: '1.1.0' },
    { model: 'bank-leads', version: '1.2.0' },
  ];
  await get('');
  expect(asked.map(({ candidate }) => candidate.version)).toEqual(['0.9.0', '1.1.0', '1.2.0']);
});

test('a backtest by its run; an unknown one is not found', async () => {
  expect((await get('?run=r1')).statusCode).toBe(200);
  expect(asked[0]?.candidate).toMatchObject({ role: 'backtest', runId: 'r1' });
  expect((await get('?run=nope')).json()).toEqual({
    error: { code: 'backtest.unknown', message: "no backtest has the run id 'nope'", field: 'run' },
  });
});

test('what is malformed is refused, what is away is told', async () => {
  expect((await get('?candidate=bank-leads')).statusCode).toBe(400);
  expect((await get('?candidate=bank-leads@6.6.6')).json()).toEqual({
    error: { code: 'unavailable', message: 'ClickHouse can not be used now' },
  });
});
