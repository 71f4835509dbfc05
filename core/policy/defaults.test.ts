import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../contracts/policy.ts';
import { completePolicy } from './defaults.ts';

function problemsOf(policy: Policy): readonly string[] {
  const outcome = completePolicy(policy);
  return outcome.ok ? [] : outcome.problems;
}

describe('completePolicy', () => {
  it('makes an empty policy whole', () => {
    const outcome = completePolicy({});
    expect(outcome).toMatchObject({
      ok: true,
      policy: {
        windows: {
          base: { text: 'PT1H' },
          sizes: [{ text: 'PT1H' }, { text: 'P1D' }, { text: 'P1W' }],
          alertOn: [{ text: 'PT1H' }, { text: 'P1D' }, { text: 'P1W' }],
          allowedLatenessMs: 600_000,
          idleAfterMs: 30_000,
        },
        drift: {
          minimumSample: 200,
          shares: { minimumSample: 20, alpha: 0.01, criticalP: 1e-6 },
          levels: 'sampled',
          alpha: 0.01,
          psi: { warning: 0.2, critical: 0.5 },
        },
        alerts: {
          fireAfter: 2,
          within: 3,
          criticalP: 1e-6,
          resolveAfter: 2,
          resolveBelow: 0.8,
          runbookUrl: null,
        },
        outcomes: { horizonMs: 2_592_000_000, withoutOutcome: 'unknown' },
        approval: 'required',
        privacy: { inputs: 'written' },
        gate: {
          minimumTimeMs: 1_209_600_000,
          minimumSample: 1_000,
          coverage: 0.99,
          aucImprovement: 0.02,
          kpiImprovement: 0.05,
          inferenceRatio: 5,
        },
        operations: { window: { text: 'PT1M' }, silenceAfterMs: 900_000, minimumSample: 50 },
      },
    });
  });

  it('has the defaults that the schema tells its readers', () => {
    const schema = readFileSync(new URL('../../schemas/policy.schema.json', import.meta.url), 'utf8');
    const outcome = completePolicy({});
    if (!outcome.ok) throw new Error('the empty policy is not complete');
    const { drift, operations, shadow } = outcome.policy;
    const levels = [drift.psi, drift.ks, drift.chi2, drift.missingRate, drift.newCategory];
    const told = [...levels, shadow.bandFlipShare, operations.latencyP95Ms, operations.errorShare].map(
      ({ warning, critical }) => `efault ${warning} and ${critical}`.replaceAll('0.', '.'),
    );
    for (const text of told) expect(schema).toContain(text);
  });

  it('asks for more drift in the strict profile, but for what is given', () => {
    const psiOf = (policy: Policy) => {
      const outcome = completePolicy(policy);
      return outcome.ok && [outcome.policy.profile, outcome.policy.drift.psi];
    };
    const given = { warning: 0.1, critical: 0.2 };
    expect(psiOf({})).toEqual(['lax', { warning: 0.2, critical: 0.5 }]);
    expect(psiOf({ profile: 'strict' })).toEqual(['strict', { warning: 0.25, critical: 0.5 }]);
    expect(psiOf({ profile: 'strict', drift: { psi: given } })).toEqual(['strict', given]);
  });

  it('keeps what is given', () => {
    const outcome = completePolicy({
      windows: { base: 'P1D', sizes: ['P1M', 'P3M'], alert_on: [] },
      drift: { ignore: ['month'] },
      alerts: { fire_after: 5 },
    });
    expect(outcome).toMatchObject({
      ok: true,
      policy: { windows: { alertOn: [] }, drift: { ignore: new Set(['month']) }, alerts: { within: 5 } },
    });
  });

  it('reports every problem at once, each with its place', () => {
    expect(
      problemsOf({
        windows: { base: 'P1W', sizes: ['P1M', 'PT5X'], alert_on: ['P1D'], idle_after: 'P1M' },
        drift: { psi: { warning: 0.5, critical: 0.2 } },
        alerts: { fire_after: 3, within: 2 },
      }).map((problem) => problem.split(':')[0]),
    ).toEqual([
      'windows.sizes',
      'windows.sizes',
      'windows.sizes',
      'windows.alert_on',
      'windows.idle_after',
      'drift.psi',
      'alerts.fire_after',
    ]);
  });

  it('compares with training, or fills in what a reference of windows leaves open', () => {
    const referenceOf = (policy: Policy) => {
      const outcome = completePolicy(policy);
      return outcome.ok ? outcome.policy.drift.reference : outcome.problems;
    };
    expect(referenceOf({})).toEqual({ kind: 'training' });
    expect(referenceOf({ drift: { reference: { kind: 'rolling', windows: 7 } } })).toEqual({
      kind: 'rolling',
      windows: 7,
      gap: 2,
      minimumWindows: 4,
    });
    expect(referenceOf({ drift: { reference: { kind: 'season', period: 'P1W' } } })).toMatchObject({
      period: { text: 'P1W' },
      windows: 4,
      minimumWindows: 2,
    });
    expect(
      referenceOf({
        windows: { sizes: ['PT1H', 'P1W'] },
        drift: { reference: { kind: 'season', period: 'P1D', windows: 2, minimum_windows: 3 } },
      }),
    ).toEqual([
      "drift.reference.minimum_windows: 3 can't be had of 2 (drift.reference.windows)",
      'drift.reference.period: P1D is no whole number of P1W windows (windows.sizes)',
    ]);
  });

  it('takes no wall-clock window that is longer than the silence that it has to see', () => {
    expect(problemsOf({ operations: { window: 'PT1H' } })).toEqual([
      'operations.window: PT1H is longer than PT15M (operations.silence_after), so no silence of that length would be seen',
    ]);
    expect(completePolicy({ operations: { window: 'PT15M' } }).ok).toBe(true);
    expect(completePolicy({ operations: { window: 'PT1H', silence_after: 'PT2H' } }).ok).toBe(true);
    expect(problemsOf({ operations: { window: 'P1M', silence_after: 'P1D' } })).toHaveLength(1);
  });

  it('says what would be right', () => {
    expect(problemsOf({ windows: { base: 'PT7H', sizes: ['P1D'] } })).toEqual([
      'windows.sizes: P1D is no whole number of PT7H windows (windows.base)',
    ]);
    expect(problemsOf({ outcomes: { horizon: 'P1M' } })).toEqual([
      'outcomes.horizon: P1M differs from month to month; give days (P30D)',
    ]);
  });
});
