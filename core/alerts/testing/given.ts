import type { DriftResult } from '../../drift/result.ts';
import { type CompletePolicy, completePolicy } from '../../policy/defaults.ts';
import {
  type AlertChange,
  type AlertsState,
  decide,
  type EvaluatedWindow,
  evolve,
  NO_ALERTS,
} from '../decide.ts';

const HOUR_MS = 3_600_000;

/** The policy with nothing said. */
export function defaultPolicy(): CompletePolicy {
  const outcome = completePolicy({});
  if (!outcome.ok) throw new Error(`the empty policy is incomplete: ${outcome.problems.join('; ')}`);
  return outcome.policy;
}

/** A calm PSI of one feature, but for what is given. */
export function resultOf(more: Partial<DriftResult> = {}): DriftResult {
  return {
    signal: 'feature_drift',
    subject: 'euribor3m',
    statistic: 'psi',
    value: 0.02,
    threshold: 0.2,
    criticalValue: 0.1,
    testStatistic: 0.02,
    pValue: 0.4,
    adjustedPValue: 0.4,
    sampleSize: 812,
    level: 'none',
    importance: null,
    verdict: 'ok',
    alarms: true,
    detail: '',
    ...more,
  };
}

/** The n-th hour's window with these results. */
export function hour(
  n: number,
  results: readonly DriftResult[],
  more: Partial<EvaluatedWindow> = {},
): EvaluatedWindow {
  return {
    model: 'bank-leads',
    modelVersion: '1.0.0',
    segment: null,
    size: 'PT1H',
    clock: 'event',
    startMs: n * HOUR_MS,
    endMs: (n + 1) * HOUR_MS,
    revision: 0,
    results,
    ...more,
  };
}

/** All changes of these windows in order, and the state they leave. */
export function runWindows(
  windows: readonly EvaluatedWindow[],
  policy: CompletePolicy = defaultPolicy(),
): { readonly changes: readonly AlertChange[]; readonly state: AlertsState } {
  const changes: AlertChange[] = [];
  let state = NO_ALERTS;
  for (const window of windows) {
    changes.push(...decide(state, window, policy));
    state = evolve(state, window, policy);
  }
  return { changes, state };
}
