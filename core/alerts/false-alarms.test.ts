import { describe, expect, it } from 'vitest';
import { HOUR_MS, simulateAlarms, START_MS } from './testing/simulated-month.ts';

/** A month is six seconds of arithmetic on an idle machine; a busy one takes its time. */
const MONTH_TIMEOUT_MS = 120_000;

describe('hourly windows on 20 features, days and weeks beside them', { timeout: MONTH_TIMEOUT_MS }, () => {
  it('raise at most one false alarm in a month without drift, for all that days and weeks have their cycles', () => {
    const alarms = simulateAlarms({ seed: 1 }).map(({ alertId }) => alertId);
    expect(alarms.slice(1)).toEqual([]);
  });

  it('raise true ones within hours of a shift by .7 standard deviations, and of nothing but it', () => {
    const hours = 10 * 24;
    const alarms = simulateAlarms({ seed: 2, hours, drift: 0.7 });
    expect(new Set(alarms.map(({ result }) => result.subject))).toEqual(new Set(['number-0']));
    const startMs = START_MS + (hours / 2) * HOUR_MS;
    for (const { window } of alarms.filter((alarm) => alarm.window.size === 'PT1H')) {
      expect(window.startMs).toBeGreaterThanOrEqual(startMs);
      expect(window.endMs).toBeLessThanOrEqual(startMs + 6 * HOUR_MS);
    }
  });
});
