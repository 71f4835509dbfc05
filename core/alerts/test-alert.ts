import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { AlertSeverity } from './ceiling.ts';

/** The model that tests of the alerts' way are about: none that scores. */
export const TEST_MODEL = { model: 'scoreline', modelVersion: 'test' } as const;

/**
 * An alert that says that nothing is wrong (signal `test`), to see whether people get to hear of one; `atMs` is wall
 * clock, and its window is the second before. Its SQL gives its value, as each alert's does.
 */
export function testAlert(severity: AlertSeverity, atMs: number): ScoringAlert {
  const { model, modelVersion } = TEST_MODEL;
  return {
    alert_id: `${model}/${modelVersion}/test/share/${severity}/-/PT1S`,
    state: 'firing',
    severity,
    signal: 'test',
    subject: severity,
    segment: null,
    model,
    model_version: modelVersion,
    statistic: 'share',
    value: 1,
    threshold: 0.5,
    p_value: null,
    sample_size: 1,
    window_size: 'PT1S',
    window_start: atMs - 1_000,
    window_end: atMs,
    revision: 0,
    message: `This is a test of ${severity} alerts, sent by hand: nothing is wrong.`,
    query: 'SELECT 1 AS value',
    runbook: null,
    episode_started_at: atMs,
    raised_at: atMs,
    silenced_by: null,
    importance: null,
    silence: null,
  };
}

/** Its end, at a later instant. */
export function endOfTest(alert: ScoringAlert, atMs: number): ScoringAlert {
  return {
    ...alert,
    state: 'resolved',
    window_start: atMs - 1_000,
    window_end: atMs,
    message: `The test of ${alert.severity} alerts is over.`,
    raised_at: atMs,
  };
}
