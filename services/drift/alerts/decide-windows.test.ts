import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { expect, test } from 'vitest';
import { decideWindows } from './decide-windows.ts';
import { formatState, parseState } from './decisions.ts';

const outcome = completePolicy({ windows: { base: 'PT1H', sizes: ['PT1H', 'P1D'] } });
if (!outcome.ok) throw new Error('a good policy');
const scope = { model: 'm', modelVersion: '1.0.0', role: 'production' } as const;
const context = { scope, policy: outcome.policy, reference: undefined, nowMs: 99 };

function drifted(size: string, index: number): EvaluatedWindow {
  const result: DriftResult = {
    signal: 'prediction_drift',
    subject: 'bands',
    statistic: 'chi2',
    value: 0.3,
    threshold: 0.2,
    criticalValue: null,
    testStatistic: null,
    pValue: 1e-4,
    adjustedPValue: 1e-4,
    sampleSize: 1_000,
    level: 'warning',
    verdict: 'drifted',
    importance: null,
    alarms: true,
    detail: '',
  };
  return {
    model: 'm',
    modelVersion: '1.0.0',
    segment: null,
    size,
    clock: 'event',
    startMs: index * 10,
    endMs: index * 10 + 10,
    revision: 0,
    results: [result],
  };
}

test('each size remembers for itself, and the memory survives being stored', () => {
  const first = decideWindows([drifted('PT1H', 0), drifted('P1D', 0)], new Map(), context);
  expect(first.map(({ size, changes }) => [size, changes.length])).toEqual([
    ['PT1H', 0],
    ['P1D', 0],
  ]);
  const stored = new Map(first.map(({ size, state }) => [size, parseState(formatState(state))]));
  const second = decideWindows([drifted('PT1H', 1), drifted('PT1H', 2), drifted('P1D', 1)], stored, context);
  expect(second.map(({ size, changes }) => [size, changes.map(({ state }) => state)])).toEqual([
    ['PT1H', ['firing']],
    ['PT1H', []],
    ['P1D', ['firing']],
  ]);
  expect(second[0]!.changes[0]).toMatchObject({
    raised_at: 99,
    alert_id: 'm/1.0.0/prediction_drift/chi2/bands/-/PT1H',
  });
  expect(second[0]!.changes[0]!.query).toContain('SELECT');
});

test('a window that was decided, or one before it, is left out', () => {
  const first = decideWindows(
    [drifted('PT1H', 0), drifted('PT1H', 1), drifted('PT1H', 1)],
    new Map(),
    context,
  );
  expect(first).toHaveLength(2);
  const stored = new Map([['PT1H', first[1]!.state]]);
  expect(decideWindows([drifted('PT1H', 0), drifted('PT1H', 1)], stored, context)).toEqual([]);
});
