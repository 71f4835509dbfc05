import { describe, expect, it } from 'vitest';
import { evaluateOperations, type OperationalWindow } from './operations.ts';
import { defaultPolicy, hour, runWindows } from './testing/given.ts';

const MINUTE_MS = 60_000;
const HEALTHY: OperationalWindow = {
  count: 1_000,
  scored: 1_000,
  deadLetters: 0,
  latencyP95Ms: 40,
  lastScoreAtMs: 0,
  leadsWaiting: 1,
  nowMs: 1_000,
};

const verdicts = (window: Partial<OperationalWindow>) =>
  Object.fromEntries(
    evaluateOperations({ ...HEALTHY, ...window }, defaultPolicy()).map(({ signal, level, verdict }) => [
      signal,
      verdict === 'drifted' ? level : verdict,
    ]),
  );

describe('evaluateOperations', () => {
  it.each<[string, Partial<OperationalWindow>, Record<string, string>]>([
    ['health', {}, { latency: 'ok', error_rate: 'ok', throughput: 'ok' }],
    ['a p95 on its limit', { latencyP95Ms: 200 }, { latency: 'ok' }],
    ['a slow minute', { latencyP95Ms: 201 }, { latency: 'warning' }],
    ['a very slow minute', { latencyP95Ms: 501 }, { latency: 'critical' }],
    ['dead letters', { deadLetters: 11 }, { error_rate: 'warning' }],
    [
      'nothing but dead letters',
      { count: 0, scored: 0, deadLetters: 60, latencyP95Ms: null },
      { latency: 'insufficient_data', error_rate: 'critical' },
    ],
    [
      'few events',
      { count: 40, scored: 40, deadLetters: 9 },
      { latency: 'insufficient_data', error_rate: 'insufficient_data' },
    ],
    [
      'silence',
      { count: 0, latencyP95Ms: null, nowMs: 15 * MINUTE_MS + 1 },
      { throughput: 'critical', latency: 'insufficient_data' },
    ],
    [
      'silence while no leads come',
      { count: 0, latencyP95Ms: null, nowMs: 15 * MINUTE_MS + 1, leadsWaiting: 0 },
      { throughput: 'insufficient_data' },
    ],
    ['a few scores with no lead left', { leadsWaiting: 0 }, { throughput: 'ok' }],
    [
      'the first scores of a version in the minute of a switch',
      { count: 10, scored: 1_000, deadLetters: 5 },
      { error_rate: 'ok' },
    ],
    [
      'never a score',
      { count: 0, lastScoreAtMs: null, nowMs: 60 * MINUTE_MS },
      { throughput: 'insufficient_data' },
    ],
    ['a clock that went back', { nowMs: -5 }, { throughput: 'ok' }],
  ])('%s', (_, window, expected) => {
    expect(verdicts(window)).toMatchObject(expected);
  });

  it('an outage fires once and resolves once scores come again', () => {
    const { changes } = runWindows(
      Array.from({ length: 40 }, (_, minute) => {
        const silent = minute >= 5 && minute < 30;
        const window = {
          ...HEALTHY,
          count: silent ? 0 : 1_000,
          lastScoreAtMs: (silent ? 5 : minute + 1) * MINUTE_MS,
          nowMs: (minute + 1) * MINUTE_MS,
        };
        const results = evaluateOperations(window, defaultPolicy());
        return hour(minute, results, { clock: 'wall', size: 'PT1M' });
      }),
    );
    expect(changes.map(({ kind, result }) => `${kind} ${result.signal}`)).toEqual([
      'fired throughput',
      'resolved throughput',
    ]);
  });
});
