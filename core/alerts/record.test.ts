import { describe, expect, it } from 'vitest';
import type { AlertChange } from './decide.ts';
import { toScoringAlert } from './record.ts';
import { hour, resultOf } from './testing/given.ts';

const change: AlertChange = {
  kind: 'fired',
  alertId: 'bank-leads/1.0.0/feature_drift/psi/euribor3m/-/P3M',
  severity: 'critical',
  episodeStartedAtMs: Date.UTC(2009, 0, 1),
  isCooling: false,
  window: hour(0, [], { size: 'P3M', startMs: Date.UTC(2008, 9, 1), endMs: Date.UTC(2009, 0, 1) }),
  result: resultOf({
    value: 10.314,
    adjustedPValue: 1e-300,
    sampleSize: 3_412,
    detail: 'largest shift: > 4.9 from 10 % to 71 %',
  }),
};
const context = { query: 'SELECT 1', raisedAtMs: 42, runbookUrl: 'https://example.com/runbooks/' };

describe('toScoringAlert', () => {
  it('says in one sentence what happened, how much of it, to how many, and when', () => {
    expect(toScoringAlert(change, context)).toMatchObject({
      alert_id: change.alertId,
      state: 'firing',
      severity: 'critical',
      p_value: 1e-300,
      window_size: 'P3M',
      runbook: 'https://example.com/runbooks/feature_drift.md',
      raised_at: 42,
      message:
        'euribor3m has drifted from training: PSI 10.31 (limit 0.20) on 3412 leads from 2008-10-01 to 2009-01-01 ' +
        '(P3M) by bank-leads 1.0.0; largest shift: > 4.9 from 10 % to 71 %.',
    });
  });

  it('says when it is over', () => {
    const { state, message } = toScoringAlert({ ...change, kind: 'resolved' }, context);
    expect([state, message.slice(0, 31)]).toEqual(['resolved', 'euribor3m is back near training']);
  });

  it('speaks of a latency in its own unit and to the minute', () => {
    const result = resultOf({
      signal: 'latency',
      subject: 'latency_ms',
      statistic: 'p95',
      value: 812.3,
      threshold: 200,
    });
    const window = hour(0, [], {
      size: 'PT1M',
      startMs: Date.UTC(2025, 0, 1, 9, 5),
      endMs: Date.UTC(2025, 0, 1, 9, 6),
    });
    expect(toScoringAlert({ ...change, result, window }, context).message).toContain(
      'latency_ms is too high: p95 812 ms (limit 200 ms) on 812 leads from 2025-01-01T09:05Z to 2025-01-01T09:06Z (PT1M)',
    );
  });

  it('has no runbook where none are published', () => {
    expect(toScoringAlert(change, { ...context, runbookUrl: null }).runbook).toBeNull();
  });
});
