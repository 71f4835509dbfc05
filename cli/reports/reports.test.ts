import { evaluateGate } from '@scoreline/core/gate/gate.ts';
import { GOOD_REPORT } from '@scoreline/core/gate/testing/report.ts';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import type { ShadowReport } from '@scoreline/core/shadow/report.ts';
import type { JudgedReport } from '@scoreline/runtime/reports/report-service.ts';
import { expect, test } from 'vitest';
import { readTime, readVersion } from '../commands/shadow-report.ts';
import { describeReports } from './describe-report.ts';
import { renderTables } from './table.ts';

const policy = completePolicy({});

function judge(change: Partial<ShadowReport> = {}): JudgedReport {
  if (!policy.ok) throw new Error('policy');
  const report = { ...GOOD_REPORT, ...change };
  const golden = { checked: true, passed: true, rows: 3, detail: 'all 3 golden rows agree' } as const;
  return { report, gate: evaluateGate(report, policy.policy.gate, golden, 0) };
}

const BACKTEST = judge({
  candidate: { model: 'bank-leads', version: '1.2.0', role: 'backtest', runId: 'r1' },
  coverage: { ...GOOD_REPORT.coverage, pairs: 0, share: 0 },
  comparison: null,
  speed: null,
});

test('candidates stand side by side, each with its gate', () => {
  const lines = renderTables(describeReports([judge(), BACKTEST]), 'text');
  expect(lines[1]).toMatch(/^ {2} +bank-leads@1\.1\.0 +bank-leads@1\.2\.0 \(backtest r1\)$/);
  expect(lines.find((line) => line.includes('pairs'))).toMatch(/^ {2}pairs +1,990 \(99\.5 %\) +0 \(0 %\)$/);
  expect(lines.find((line) => line.startsWith('  AUC'))).toMatch(/0\.78 \(0\.76 to 0\.8\) +–$/);
  expect(lines).toContain('Gate of bank-leads@1.1.0: ✓ pass');
  expect(lines).toContain('Gate of bank-leads@1.2.0 (backtest r1): ✗ FAIL');
});

test('an empty shadow side is told in so many words, and so is a sample', () => {
  const lines = renderTables(
    describeReports([BACKTEST, judge({ sample: { pairs: 50_000, of: 60_000 } })]),
    'text',
  );
  expect(lines).toContain(
    '  ALARM: bank-leads@1.2.0 (backtest r1) has no score beside 2,000 of production: is its shadow running?',
  );
  expect(lines).toContain(
    '  bank-leads@1.1.0: Spearman, top decile, AUC, lift and gain are of an even sample of 50,000 of 60,000 pairs',
  );
});

test('Markdown has tables', () => {
  const lines = renderTables(
    [{ title: 'T', columns: ['', 'a'], rows: [['x', '1 | 2']], notes: ['n'] }],
    'markdown',
  );
  expect(lines).toEqual(['## T', '', '|  | a |', '| --- | --- |', '| x | 1 \\| 2 |', '', 'n', '']);
});

test('bands and calibration have tables of their own', () => {
  const bins = [{ bin: 1, count: 10, meanScore: 0.15, observed: 0.2 }];
  const calibration = { bins, expectedError: 0.05, brier: 0.1 };
  const agreement = {
    meanDifference: 0.1,
    meanAbsoluteDifference: 0.1,
    maxAbsoluteDifference: 0.4,
    bandFlipShare: 0.25,
    bands: [
      { production: 'A', candidate: 'A', count: 3_000 },
      { production: 'A', candidate: 'B', count: 1_000 },
    ],
  };
  const text = renderTables(
    describeReports([judge({ agreement, calibration: { production: calibration, candidate: calibration } })]),
    'text',
  ).join('\n');
  expect(text).toContain('  A  3,000  1,000\n  B  0      0');
  expect(text).toMatch(/0\.1 to 0\.2 +15 % → 20 % of 10 +15 % → 20 % of 10/);
});

test('times without a zone are UTC; what is none is refused', () => {
  expect(readTime('2024-03-01')).toBe(Date.UTC(2024, 2, 1));
  expect(readTime('2024-03-01T10:00:00')).toBe(Date.UTC(2024, 2, 1, 10));
  expect(readTime('2024-03-01T10:00:00+01:00')).toBe(Date.UTC(2024, 2, 1, 9));
  for (const text of ['yesterday', '2024', '2024-13-01']) expect(() => readTime(text)).toThrow('ISO 8601');
  expect(readVersion('bank-leads@1.1.0')).toEqual({ model: 'bank-leads', version: '1.1.0' });
  expect(() => readVersion('bank-leads')).toThrow('<name>@<version>');
});

test('a table shows what others wrote and does not do it, and holds as many rows as there are', () => {
  const rows = Array.from({ length: 200_000 }, () => ['\u001b[2Jname\n', 'x']);
  const [title, , first, ...rest] = renderTables([{ title: 'letters', columns: ['a', 'b'], rows }], 'text');
  expect([title, first, rest.length]).toEqual(['letters', '  \u{fffd}[2Jname\u{fffd}  x', 200_000]);
});
