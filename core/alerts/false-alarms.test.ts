import { describe, expect, it } from 'vitest';
import { createRandom } from '../drift/testing/random.ts';
import { evaluateWindow } from '../drift/evaluate-window.ts';
import type { AlertChange } from './decide.ts';
import { defaultPolicy, hour, runWindows } from './testing/given.ts';
import {
  createLeadCounter,
  createWorld,
  drawCalmHours,
  drawHour,
  type Drift,
  HOUR_MS,
  runAlerts,
  START_MS,
} from './testing/simulated-month.ts';

/** A month is a second of arithmetic on an idle machine; a busy one takes its time. */
const MONTH_TIMEOUT_MS = 240_000;
const HOURS = 30 * 24;

describe('hourly windows on 20 features, days and weeks beside them', { timeout: MONTH_TIMEOUT_MS }, () => {
  it('raise at most one false alarm in a month without drift, for all that days and weeks cycle', () => {
    const world = createWorld(1, true);
    const months = drawCalmHours(world, { seed: 2, sizes: [50, 230], hours: HOURS });
    for (const hours of months) {
      const alarms = runAlerts(world.reference, hours, defaultPolicy()).map(({ alertId }) => alertId);
      expect(alarms.slice(1)).toEqual([]);
    }
  });

  it('raise true ones within hours of a shift by .7 standard deviations, and of nothing but it', () => {
    const onset = 5 * 24;
    const drift: Drift = (lead, hour) => {
      const [first] = lead.inputs;
      if (hour >= onset && typeof first === 'number') lead.inputs[0] = first + 0.7;
    };
    const world = createWorld(2, true);
    const random = createRandom(3);
    const count = createLeadCounter(world.reference);
    const hours = Array.from({ length: 2 * onset }, (_, hour) =>
      count(drawHour(world, { hour, rowsAnHour: 230, drift }, random)),
    );
    const alarms = runAlerts(world.reference, hours, defaultPolicy()).filter(({ kind }) => kind === 'fired');
    expect(new Set(alarms.map(({ result }) => result.subject))).toEqual(new Set(['number-0']));
    const startMs = START_MS + onset * HOUR_MS;
    for (const { window } of alarms.filter((alarm) => alarm.window.size === 'PT1H')) {
      expect(window.startMs).toBeGreaterThanOrEqual(startMs);
      expect(window.endMs).toBeLessThanOrEqual(startMs + 6 * HOUR_MS);
    }
  });

  it('are simulated without the p values that can’t matter, and come out the same', () => {
    const drift: Drift = (lead, hour) => {
      const [first] = lead.inputs;
      if (hour >= 12 && typeof first === 'number') lead.inputs[0] = first + 0.45;
    };
    const world = createWorld(4, true);
    const random = createRandom(5);
    const count = createLeadCounter(world.reference);
    const windows = Array.from({ length: 24 }, (_, hour) =>
      count(drawHour(world, { hour, rowsAnHour: 230, drift }, random)),
    );
    const policy = defaultPolicy();
    const evaluated = windows.map((window, n) =>
      hour(n, evaluateWindow({ reference: world.reference, policy, importance: {}, window })),
    );
    const hourly = { ...policy, windows: { ...policy.windows, sizes: policy.windows.sizes.slice(0, 1) } };
    const told = (changes: readonly AlertChange[]) =>
      changes.map(({ kind, severity, result, window }) => [
        kind,
        severity,
        result.statistic,
        result.subject,
        (window.endMs - window.startMs) / HOUR_MS,
      ]);
    const brute = told(runWindows(evaluated, hourly).changes);
    expect(told(runAlerts(world.reference, windows, hourly))).toEqual(brute);
    expect(brute.length).toBeGreaterThan(0);
  });
});
