import { expect, test } from 'vitest';
import { completePolicy } from '../policy/defaults.ts';
import type { Failures, ShadowReport } from '../shadow/report.ts';
import type { ConditionName, GateState, GoldenCheck } from './condition.ts';
import { formatNumber, formatPercent } from './condition.ts';
import { evaluateGate } from './gate.ts';
import { GOOD_REPORT } from './testing/report.ts';

const outcome = completePolicy({});
if (!outcome.ok) throw new Error('policy');
const { gate: POLICY } = outcome.policy;
const GOLDEN: GoldenCheck = { checked: true, passed: true, rows: 40, detail: 'all 40 golden rows agree' };

const judge = (report: ShadowReport, golden: GoldenCheck = GOLDEN) =>
  evaluateGate(report, POLICY, golden, 1_000);
const failures = (count: number, code = 'value.malformed'): Failures => ({ count, codes: [{ code, count }] });
const { coverage, comparison, speed } = GOOD_REPORT;
const auc = comparison!.auc!;
const withComparison = (change: Partial<NonNullable<ShadowReport['comparison']>>) => ({
  comparison: { ...comparison!, ...change },
});

test('a candidate that has shown everything passes, and the result says of what and when', () => {
  const result = judge(GOOD_REPORT);
  expect(result.conditions.filter(({ state }) => state !== 'pass')).toEqual([]);
  expect(result).toMatchObject({
    state: 'pass',
    candidate: { version: '1.1.0' },
    production: { version: '1.0.0' },
    evaluatedAtMs: 1_000,
  });
  expect(result.conditions.at(-1)).toMatchObject({
    name: 'improvement',
    value: 0.04,
    limit: 0.02,
    sample: 1_990,
    detail:
      'AUC +4 % (+2.67 % to +5.33 %), wanted +2 %; conversions of the top decile +0 % (-10 % to +10 %), wanted +5 %',
  });
});

test.each<[string, Partial<ShadowReport>, ConditionName, GateState]>([
  [
    'an empty shadow side is an alarm',
    { coverage: { ...coverage, pairs: 0, share: 0 } },
    'shadow_side',
    'fail',
  ],
  [
    'nothing on either side is none',
    { coverage: { ...coverage, production: 0, pairs: 0, share: null } },
    'shadow_side',
    'insufficient_data',
  ],
  ['a day short', { period: { from: '', to: '', days: 13 } }, 'time', 'insufficient_data'],
  ['a pair short', { coverage: { ...coverage, pairs: 999 } }, 'sample', 'insufficient_data'],
  ['leads left out', { coverage: { ...coverage, share: 0.9899 } }, 'coverage', 'fail'],
  ['coverage on the limit', { coverage: { ...coverage, share: 0.99 } }, 'coverage', 'pass'],
  [
    'one NaN, though production fails as often',
    { failures: { production: failures(1), candidate: failures(1, 'model.not_finite') } },
    'not_a_number',
    'fail',
  ],
  [
    'more failures than production',
    { failures: { production: failures(3), candidate: failures(4) } },
    'failures',
    'fail',
  ],
  [
    'as many failures as production',
    { failures: { production: failures(3), candidate: failures(3) } },
    'failures',
    'pass',
  ],
  [
    'slow inference',
    {
      speed: { ...speed!, candidate: { ...speed!.candidate, inferenceUs: { p50: 1, p95: 1_001, p99: 2e3 } } },
    },
    'inference',
    'fail',
  ],
  [
    'slower than production, and still fast',
    { speed: { ...speed!, candidate: { ...speed!.candidate, inferenceUs: { p50: 1, p95: 999, p99: 2e3 } } } },
    'inference',
    'pass',
  ],
  ['no inference times', { speed: null }, 'inference', 'insufficient_data'],
  [
    'few mature labels',
    { labels: { ...GOOD_REPORT.labels, labelled: 999 } },
    'improvement',
    'insufficient_data',
  ],
  [
    'better, but maybe by chance',
    withComparison({ auc: { ...auc, difference: { value: 0.03, low: -0.001, high: 0.061 } } }),
    'improvement',
    'insufficient_data',
  ],
  [
    'not better by enough',
    withComparison({ auc: { ...auc, difference: { value: 0.014, low: 0.01, high: 0.018 } } }),
    'improvement',
    'fail',
  ],
  [
    'better by the KPI alone',
    withComparison({
      auc: { ...auc, difference: { value: 0, low: -0.01, high: 0.01 } },
      top: { ...comparison!.top!, improvement: { value: 0.06, low: 0.01, high: 0.11 } },
    }),
    'improvement',
    'pass',
  ],
  [
    'a regressor without labels worth a KPI',
    withComparison({ auc: null, top: { ...comparison!.top!, improvement: null } }),
    'improvement',
    'insufficient_data',
  ],
])('%s', (_, change, name, state) => {
  const result = judge({ ...GOOD_REPORT, ...change });
  expect(result.conditions.find((condition) => condition.name === name)).toMatchObject({ state });
  expect(result.state).toBe(state);
});

test('golden rows that are off fail; a package that can’t be had is not known', () => {
  const off = judge(GOOD_REPORT, { checked: true, passed: false, rows: 40, detail: 'row 3 is off' });
  expect(off.state).toBe('fail');
  expect(off.conditions.find(({ name }) => name === 'edge_cases')?.detail).toBe('row 3 is off');
  expect(judge(GOOD_REPORT, { checked: false, detail: 'no package' }).state).toBe('insufficient_data');
});

test('what is missing is told by its reasons', () => {
  const unpaired = { deadLettered: 3, shadowLag: 1_200, notIngested: 0, unexplained: 1 };
  const { conditions } = judge({ ...GOOD_REPORT, coverage: { ...coverage, share: 0.5, unpaired } });
  expect(conditions.find(({ name }) => name === 'coverage')?.detail).toBe(
    "1,990 of production's 2,000 scores have a pair (50 %); 3 dead letters of the candidate, 1,200 not reached by it yet, 1 missing without a reason",
  );
});

test('numbers are told as people read them', () => {
  expect([0.12345, 12, 1234.5, 1234567].map(formatNumber)).toEqual(['0.123', '12', '1,235', '1,234,567']);
  expect([0.12345, 1, 0.99].map(formatPercent)).toEqual(['12.35 %', '100 %', '99 %']);
});
