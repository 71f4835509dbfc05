import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftResult } from '../drift/result.ts';
import { decide, type EvaluatedWindow, evolve, firingAlerts, isDecidable, NO_ALERTS } from './decide.ts';
import { defaultPolicy, hour, resultOf, runWindows } from './testing/given.ts';

const ID = 'bank-leads/1.0.0/feature_drift/psi/euribor3m/-/PT1H';

const CALM = resultOf();
const WARNING = resultOf({ value: 0.3, adjustedPValue: 1e-3, level: 'warning', verdict: 'drifted' });
const CRITICAL = resultOf({ value: 0.6, adjustedPValue: 1e-3, level: 'critical', verdict: 'drifted' });
const BEYOND_DOUBT = resultOf({ value: 9, adjustedPValue: 1e-7, level: 'critical', verdict: 'drifted' });
const LINGERING = resultOf({ value: 0.17 });
const TOO_FEW = resultOf({ value: 9, level: 'critical', verdict: 'insufficient_data' });

/** Windows hour by hour, one result each; what changed, as `hour kind severity`. */
function story(...results: readonly DriftResult[]): readonly string[] {
  const { changes } = runWindows(results.map((result, n) => hour(n, [result])));
  return changes.map(({ kind, severity, window }) => `${window.startMs / 3_600_000} ${kind} ${severity}`);
}

describe('an alert fires', () => {
  it('at the second drifted window of three', () => {
    expect(story(WARNING, WARNING)).toEqual(['1 fired warning']);
    expect(story(WARNING, CALM, WARNING)).toEqual(['2 fired warning']);
  });

  it('not for one, nor for two that are too far apart', () => {
    expect(story(WARNING, CALM, CALM, WARNING, CALM, CALM)).toEqual([]);
  });

  it('at once where it is beyond doubt, as severe as its effect', () => {
    expect(story(BEYOND_DOUBT)).toEqual(['0 fired critical']);
    expect(story(resultOf({ ...WARNING, adjustedPValue: 1e-7 }))).toEqual(['0 fired warning']);
    expect(story(CRITICAL)).toEqual([]);
  });

  it('at once by the p that the policy asks of shares, where it is one', () => {
    const base = defaultPolicy();
    const policy = { ...base, drift: { ...base.drift, shares: { ...base.drift.shares, criticalP: 1e-4 } } };
    const firedBy = (signal: DriftResult['signal']) =>
      runWindows([hour(0, [{ ...WARNING, signal, adjustedPValue: 5e-5 }])], policy).changes.length;
    expect(firedBy('missing_rate')).toBe(1);
    expect(firedBy('new_category')).toBe(1);
    expect(firedBy('feature_drift')).toBe(0);
  });

  it('not at once for an effect below the limit, however sure it is', () => {
    expect(story(resultOf({ value: 0.15, adjustedPValue: 0 }))).toEqual([]);
  });

  it('as critical where the critical windows alone suffice', () => {
    expect(story(CRITICAL, CRITICAL)).toEqual(['1 fired critical']);
    expect(story(WARNING, CRITICAL)).toEqual(['1 fired warning']);
  });

  it('once, however long it goes on', () => {
    expect(story(WARNING, WARNING, WARNING, WARNING, WARNING)).toEqual(['1 fired warning']);
  });
});

describe('a firing alert', () => {
  it('is raised once it is critical, and not lowered', () => {
    expect(story(WARNING, WARNING, CRITICAL, CRITICAL, CRITICAL, WARNING)).toEqual([
      '1 fired warning',
      '3 raised critical',
    ]);
    expect(story(WARNING, WARNING, BEYOND_DOUBT, WARNING)).toEqual(['1 fired warning', '2 raised critical']);
  });

  it('resolves after two windows in a row well below the limit', () => {
    expect(story(WARNING, WARNING, CALM, CALM)).toEqual(['1 fired warning', '3 resolved warning']);
    expect(story(WARNING, WARNING, CALM, LINGERING, CALM)).toEqual(['1 fired warning']);
  });

  it('measures calm by the critical value where chance alone passes the limit', () => {
    const noisy = resultOf({ value: 0.25, criticalValue: 0.4 });
    expect(story(WARNING, WARNING, noisy, noisy)).toEqual(['1 fired warning', '3 resolved warning']);
  });

  it('starts afresh after its resolve', () => {
    expect(story(WARNING, WARNING, CALM, CALM, WARNING)).toHaveLength(2);
    expect(story(WARNING, WARNING, CALM, CALM, WARNING, WARNING)).toHaveLength(3);
    const longMemory = { ...defaultPolicy(), alerts: { ...defaultPolicy().alerts, within: 6 } };
    const windows = [WARNING, WARNING, CALM, CALM, WARNING].map((result, n) => hour(n, [result]));
    expect(runWindows(windows, longMemory).changes).toHaveLength(2);
  });

  it('resolves when its subject is muted', () => {
    expect(story(BEYOND_DOUBT, resultOf({ ...BEYOND_DOUBT, alarms: false }))).toEqual([
      '0 fired critical',
      '1 resolved critical',
    ]);
  });
});

describe('an alert that fires again soon after its resolve', () => {
  /** What changed and whether people are told, given a policy whose cool-down is so many hours. */
  function told(coolDownHours: number, ...results: readonly DriftResult[]): readonly string[] {
    const { alerts, ...policy } = defaultPolicy();
    const changed = { ...policy, alerts: { ...alerts, coolDownMs: coolDownHours * 3_600_000 } };
    const windows = results.map((result, n) => hour(n, [result]));
    return runWindows(windows, changed).changes.map(
      ({ kind, window, isCooling }) => `${window.startMs / 3_600_000} ${kind}${isCooling ? ' silently' : ''}`,
    );
  }
  const ONCE = [WARNING, WARNING, CALM, CALM];

  it('is silent within the cool-down, as is its resolve', () => {
    expect(told(5, ...ONCE, ...ONCE)).toEqual([
      '1 fired',
      '3 resolved',
      '5 fired silently',
      '7 resolved silently',
    ]);
  });

  it('is told once the cool-down is over while it fires on', () => {
    expect(told(5, ...ONCE, WARNING, WARNING, WARNING, WARNING, WARNING).slice(2)).toEqual([
      '5 fired silently',
      '8 woken',
    ]);
  });

  it('is told at once where it is more severe than before, or becomes so', () => {
    expect(told(50, ...ONCE, BEYOND_DOUBT).slice(2)).toEqual(['4 fired']);
    expect(told(50, ...ONCE, WARNING, WARNING, BEYOND_DOUBT).slice(2)).toEqual([
      '5 fired silently',
      '6 raised',
    ]);
    expect(told(50, BEYOND_DOUBT, CALM, CALM, BEYOND_DOUBT).slice(2)).toEqual(['3 fired silently']);
  });

  it('is told after the cool-down: what was silent doesn’t lengthen it', () => {
    expect(told(2, ...ONCE, ...ONCE).slice(2)).toEqual(['5 fired', '7 resolved']);
    expect(told(7, ...ONCE, ...ONCE, ...ONCE).slice(2)).toEqual([
      '5 fired silently',
      '7 resolved silently',
      '9 fired silently',
      '10 woken',
      '11 resolved',
    ]);
  });
});

describe('a feature that hardly counts', () => {
  const minor = (result: DriftResult): DriftResult => resultOf({ ...result, importance: 0.009 });

  it('informs at most, however far it drifts, and is never raised', () => {
    expect(story(minor(BEYOND_DOUBT), minor(BEYOND_DOUBT), minor(CALM), minor(CALM))).toEqual([
      '0 fired info',
      '3 resolved info',
    ]);
  });

  it('is one below alerts.minor_importance; one whose importance nobody knows isn’t', () => {
    expect(story(resultOf({ ...BEYOND_DOUBT, importance: 0.01 }))).toEqual(['0 fired critical']);
    expect(story(BEYOND_DOUBT)).toEqual(['0 fired critical']);
  });
});

describe('too little data', () => {
  it('neither fires nor resolves nor counts', () => {
    expect(story(TOO_FEW, TOO_FEW, TOO_FEW)).toEqual([]);
    expect(story(WARNING, TOO_FEW, TOO_FEW, TOO_FEW, WARNING)).toEqual(['4 fired warning']);
    expect(story(WARNING, WARNING, CALM, TOO_FEW, CALM)).toEqual(['1 fired warning', '4 resolved warning']);
  });
});

describe('a window is decided once and in order', () => {
  const policy = defaultPolicy();
  const state = evolve(NO_ALERTS, hour(5, [WARNING]), policy);

  it.each([
    ['again, as a later revision', hour(5, [BEYOND_DOUBT], { revision: 1 })],
    ['from before the last', hour(4, [BEYOND_DOUBT])],
    ['of a size that may not alarm', hour(6, [BEYOND_DOUBT], { size: 'P1M' })],
  ])('not %s', (_, window) => {
    expect(isDecidable(state, window, policy)).toBe(false);
    expect(decide(state, window, policy)).toEqual([]);
    expect(evolve(state, window, policy)).toBe(state);
  });

  it.each([
    ['of another size', hour(0, [BEYOND_DOUBT], { size: 'P1D' })],
    ['of another version', hour(0, [BEYOND_DOUBT], { modelVersion: '1.1.0' })],
    ['of another segment', hour(0, [BEYOND_DOUBT], { segment: 'EU' })],
    ['of the wall clock, whatever its size', hour(0, [BEYOND_DOUBT], { clock: 'wall', size: 'PT1M' })],
    ['after a gap', hour(50, [BEYOND_DOUBT])],
  ])('but one %s', (_, window) => {
    expect(decide(state, window, policy)).toHaveLength(1);
  });

  it('names the alert, its episode and its window', () => {
    const [change] = decide(state, hour(6, [WARNING]), policy);
    expect(change).toMatchObject({
      alertId: ID,
      episodeStartedAtMs: 7 * 3_600_000,
      window: { startMs: 6 * 3_600_000 },
    });
    expect(change!.window).not.toHaveProperty('results');
    expect([...firingAlerts(evolve(state, hour(6, [WARNING]), policy)).keys()]).toEqual([ID]);
    expect(firingAlerts(state).size).toBe(0);
  });
});

describe('whatever comes', () => {
  const results = fc.constantFrom(CALM, WARNING, CRITICAL, BEYOND_DOUBT, LINGERING, TOO_FEW);
  const SUBJECTS = ['a', 'b', 'c'];
  const windows = fc.array(fc.tuple(results, results, results, fc.nat(30)), { maxLength: 40 }).map((rows) =>
    rows.map(([a, b, c, n]) =>
      hour(
        n,
        [a, b, c].map((result, i) => resultOf({ ...result, subject: SUBJECTS[i]! })),
      ),
    ),
  );
  const inOrder = windows.map((all) => all.map((window, n) => ({ ...window, startMs: n, endMs: n + 1 })));

  it('an alert never fires twice without a resolve, and never resolves without having fired', () => {
    fc.assert(
      fc.property(windows, (all) => {
        const firing = new Set<string>();
        for (const { kind, alertId } of runWindows(all).changes) {
          expect(firing.has(alertId)).toBe(kind !== 'fired');
          if (kind === 'fired') firing.add(alertId);
          if (kind === 'resolved') firing.delete(alertId);
        }
      }),
    );
  });

  it('a replay of the same windows gives the same, and changes nothing on top', () => {
    fc.assert(
      fc.property(inOrder, (all) => {
        const once = runWindows(all);
        expect(runWindows(all)).toEqual(once);
        expect(runWindows([...all, ...all])).toEqual(once);
      }),
    );
  });

  it('the order of features doesn’t matter', () => {
    const reversed = (window: EvaluatedWindow) => ({ ...window, results: window.results.toReversed() });
    fc.assert(
      fc.property(inOrder, (all) => {
        expect(runWindows(all.map(reversed)).changes).toEqual(runWindows(all).changes);
      }),
    );
  });

  it('windows without enough data may as well not have been', () => {
    fc.assert(
      fc.property(fc.array(results), (given) => {
        // Each keeps its hour: a cool-down is a span of time, not of windows.
        const all = given.map((result, n) => hour(n, [result]));
        const withData = all.filter(({ results: [result] }) => result?.verdict !== 'insufficient_data');
        expect(runWindows(all).changes).toEqual(runWindows(withData).changes);
      }),
    );
  });
});
