import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { evaluateGate } from '@scoreline/core/gate/gate.ts';
import { GOOD_REPORT } from '@scoreline/core/gate/testing/report.ts';
import type { Candidate, ShadowReport } from '@scoreline/core/shadow/report.ts';
import { expect, test } from 'vitest';
import type { ModelPackage } from '../model-package/load.ts';
import { writeTinyPackage } from '../testing/tiny-package.ts';
import { createGateAsker } from './ask-gate.ts';
import { checkPackage } from './check-package.ts';
import type { JudgedReport, ReportService } from './report-service.ts';
import { toJson } from './to-json.ts';

const POLICY = completePolicy({});
const PACKAGE = { dir: '/models/bank-leads/1.1.0' } as ModelPackage;
const RUN: Candidate = { model: 'bank-leads', version: '1.1.0', role: 'backtest', runId: 'r1' };

function judge(report: ShadowReport): JudgedReport {
  if (!POLICY.ok) throw new Error('policy');
  const golden = { checked: true, passed: true, rows: 3, detail: 'all 3 golden rows agree' } as const;
  return { report, gate: evaluateGate(report, POLICY.policy.gate, golden, 1_000) };
}

/** What the live shadow has shown, and, if there is one, a backtest. */
function reportsOf(live: ShadowReport, backtest?: ShadowReport): ReportService {
  return {
    listShadows: async () => [],
    findRun: async () => undefined,
    findBacktestOf: async () => backtest && RUN,
    judge: async ({ runId }) => judge(runId === null || backtest === undefined ? live : backtest),
  };
}

const ask = (reports: ReportService) => createGateAsker(reports)('bank-leads@1.1.0', PACKAGE);
const EMPTY: ShadowReport = {
  ...GOOD_REPORT,
  coverage: { ...GOOD_REPORT.coverage, pairs: 0, share: 0 },
  comparison: null,
};
const SHORT: ShadowReport = { ...GOOD_REPORT, period: { from: '', to: '', days: 1 } };

test('a shadow that passes is evidence, with each condition’s state', async () => {
  const answer = await ask(reportsOf(GOOD_REPORT));
  expect(answer).toMatchObject({
    known: true,
    passes: true,
    summary: 'every condition passes, by the shadow',
  });
  expect(JSON.parse(answer.known ? answer.evidence : '')).toMatchObject({
    candidate: { model: 'bank-leads', version: '1.1.0', run_id: null },
    state: 'pass',
    evaluated_at_ms: 1_000,
    conditions: expect.arrayContaining([
      expect.objectContaining({ name: 'coverage', state: 'pass' }),
    ]) as unknown,
  });
});

test('where the shadow isn’t enough, a finished backtest that passes is', async () => {
  const answer = await ask(reportsOf(SHORT, { ...GOOD_REPORT, candidate: RUN }));
  expect(answer).toMatchObject({ passes: true, summary: 'every condition passes, by backtest r1' });
});

test('where neither passes, the live shadow is told, unless it is empty', async () => {
  const tested = { ...SHORT, candidate: RUN };
  expect((await ask(reportsOf(SHORT, tested))).summary).toMatch(
    /^by the shadow: time wants data \(the pairs/,
  );
  expect((await ask(reportsOf(EMPTY, tested))).summary).toMatch(/^by backtest r1: time wants data/);
  expect((await ask(reportsOf(EMPTY))).summary).toMatch(/^by the shadow: shadow side fails/);
});

test('reports that can’t be had are an answer', async () => {
  const away: ReportService = {
    ...reportsOf(GOOD_REPORT),
    judge: async () => {
      throw new Error('ClickHouse is away');
    },
  };
  expect(await ask(away)).toEqual({ known: false, summary: 'no report can be had: ClickHouse is away' });
});

test('a package says its task and that its golden rows agree; one that is off, missing or away says that', async () => {
  const version = { model: 'tiny', version: '1.0.0' };
  const good = await writeTinyPackage();
  const off = await writeTinyPackage(({ golden }) => {
    golden.rows[0]!.score = 9;
  });
  try {
    expect(await checkPackage(version, async () => good.dir)).toMatchObject({
      task: 'regression',
      golden: { checked: true, passed: true, rows: 3 },
    });
    const refused = await checkPackage(version, async () => off.dir);
    expect(refused.golden).toMatchObject({ checked: true, passed: false, rows: 3 });
    expect(refused.golden.detail).toMatch(/row 0: expected 9/);
  } finally {
    await Promise.all([good.remove(), off.remove()]);
  }
  for (const find of [
    async () => undefined,
    async () => '/nowhere/tiny/1.0.0',
    async () => Promise.reject(new Error('away')),
  ])
    expect((await checkPackage(version, find)).golden.checked).toBe(false);
});

test('JSON has snake_case keys and no infinities', () => {
  expect(toJson({ meanDifference: 1, inner: [{ runId: null, p50: NaN, gone: undefined }] })).toEqual({
    mean_difference: 1,
    inner: [{ run_id: null, p50: null }],
  });
});
