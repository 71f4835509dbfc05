import { describe, expect, it } from 'vitest';
import { completePolicy } from '../policy/defaults.ts';
import type { Policy } from '../contracts/policy.ts';
import { alertOf } from './testing/given.ts';
import { isWatched, type Watch } from './watched.ts';

function watchBy(policy: Policy, segments: readonly string[] = []): Watch {
  const outcome = completePolicy(policy);
  if (!outcome.ok) throw new Error(outcome.problems.join('; '));
  return { policy: outcome.policy, segments: new Set(segments), wallSizes: new Set(['PT1M']) };
}

const HOURS: Policy = { windows: { base: 'PT1H', sizes: ['PT1H', 'P1D'], alert_on: ['PT1H', 'P1D'] } };
const DAYS: Policy = { windows: { base: 'PT1H', sizes: ['PT1H', 'P1D'], alert_on: ['P1D'] } };
const shortfall = alertOf({
  signal: 'performance',
  statistic: 'auc_shortfall',
  subject: 'auc',
  window_size: 'P1D',
});
const expected = { ...shortfall, statistic: 'estimated_auc_shortfall' };
const cost = alertOf({
  signal: 'cost',
  statistic: 'cost',
  subject: 'cost_per_thousand_scores',
  window_size: 'PT1M',
});
const prices = { cpu_hour: 0.04, memory_gib_hour: 0.005, currency: 'EUR' };

describe('an alert is watched no longer', () => {
  it('once its size of windows alarms no more', () => {
    expect(isWatched(alertOf(), watchBy(HOURS))).toBe(true);
    expect(isWatched(alertOf(), watchBy(DAYS))).toBe(false);
    expect(
      isWatched({ ...shortfall, window_size: 'P9D' }, watchBy({ performance: { auc_minimum: 0.7 } })),
    ).toBe(false);
    const slow = alertOf({ signal: 'latency', statistic: 'p95', subject: 'latency_ms', window_size: 'PT1M' });
    expect(isWatched(slow, watchBy({}))).toBe(true);
    expect(isWatched({ ...slow, window_size: 'PT5M' }, watchBy({}))).toBe(false);
  });

  it('once its segment is cut out no more', () => {
    const ofJob = alertOf({ segment: 'job=student' });
    expect(isWatched(ofJob, watchBy(HOURS, ['job=student']))).toBe(true);
    expect(isWatched(ofJob, watchBy(HOURS, ['job=retired']))).toBe(false);
  });

  it('once its limit is gone', () => {
    for (const alert of [shortfall, expected]) {
      expect(isWatched(alert, watchBy({ performance: { auc_minimum: 0.7 } }))).toBe(true);
      expect(isWatched(alert, watchBy({}))).toBe(false);
    }
    expect(
      isWatched(cost, watchBy({ cost: { ...prices, per_thousand_scores: { warning: 1, critical: 2 } } })),
    ).toBe(true);
    expect(isWatched(cost, watchBy({ cost: prices }))).toBe(false);
    expect(isWatched(cost, watchBy({}))).toBe(false);
  });

  it('once its statistic alarms no more, or its feature is ignored', () => {
    const missing = alertOf({ signal: 'missing_rate', statistic: 'share_difference' });
    expect(isWatched(alertOf(), watchBy({ ...HOURS, drift: { alarm_on: ['ks'] } }))).toBe(false);
    expect(isWatched(missing, watchBy({ ...HOURS, drift: { alarm_on: ['ks'] } }))).toBe(true);
    expect(isWatched(alertOf(), watchBy({ ...HOURS, drift: { ignore: ['euribor3m'] } }))).toBe(false);
    expect(isWatched(missing, watchBy({ ...HOURS, drift: { ignore: ['euribor3m'] } }))).toBe(false);
  });
});
