import type { ScoringAlert } from '../../contracts/scoring-alert.ts';
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

/** A warning of one feature's PSI in hourly windows, but for what is given; its id follows from that. */
export function alertOf(more: Partial<ScoringAlert> = {}): ScoringAlert {
  const alert = { ...WARNING, ...more };
  const { model, model_version: version, signal, statistic, subject, segment, window_size: size } = alert;
  const id = [model, version, signal, statistic, subject, segment ?? '-', size].join('/');
  return { ...alert, alert_id: id };
}

const WARNING: ScoringAlert = {
  alert_id: '',
  state: 'firing',
  severity: 'warning',
  signal: 'feature_drift',
  subject: 'euribor3m',
  segment: null,
  model: 'bank-leads',
  model_version: '1.0.0',
  statistic: 'psi',
  value: 0.3,
  threshold: 0.2,
  p_value: 1e-3,
  sample_size: 812,
  window_size: 'PT1H',
  window_start: 0,
  window_end: HOUR_MS,
  revision: 0,
  message: 'euribor3m has drifted from training.',
  query: 'SELECT 1',
  runbook: null,
  episode_started_at: HOUR_MS,
  raised_at: HOUR_MS,
  silenced_by: null,
  importance: null,
  silence: null,
};
