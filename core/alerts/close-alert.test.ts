import { expect, it } from 'vitest';
import { closeAlert, decidedUntil, forgetAlerts } from './close-alert.ts';
import { evolve, firingAlerts, isDecidable, NO_ALERTS, decide } from './decide.ts';
import { toScoringAlert } from './record.ts';
import { defaultPolicy, hour, resultOf } from './testing/given.ts';

it('an alert of a version that is no longer scored by is resolved, says why, and does not fire again', () => {
  const policy = defaultPolicy();
  const slow = resultOf({ signal: 'latency', verdict: 'drifted', level: 'critical', adjustedPValue: 0 });
  const window = hour(3, [slow], { clock: 'wall' });
  const state = evolve(NO_ALERTS, window, policy);
  const [change] = decide(NO_ALERTS, window, policy);
  const fired = toScoringAlert(change!, { query: 'SELECT 1', raisedAtMs: 5, runbookUrl: null });
  expect(firingAlerts(state).size).toBe(1);

  expect(closeAlert(fired, 'retired', 9)).toMatchObject({
    alert_id: fired.alert_id,
    state: 'resolved',
    episode_started_at: fired.episode_started_at,
    raised_at: 9,
    message: 'euribor3m is watched no longer: bank-leads 1.0.0 is no longer in production.',
  });
  const closed = forgetAlerts(state);
  expect(firingAlerts(closed).size).toBe(0);
  expect(decidedUntil(closed)).toBe(window.endMs);
  expect(isDecidable(closed, window, policy)).toBe(false);
});

it('an alert that the policy leaves out is resolved, and those beside it are remembered', () => {
  const policy = defaultPolicy();
  const [gone, stays] = ['month', 'job'].map((subject) =>
    resultOf({ subject, verdict: 'drifted', level: 'critical', adjustedPValue: 0 }),
  );
  const window = hour(3, [gone!, stays!]);
  const [job, month] = decide(NO_ALERTS, window, policy);
  const fired = toScoringAlert(month!, { query: 'SELECT 1', raisedAtMs: 5, runbookUrl: null });

  expect(closeAlert(fired, 'left-out', 9)).toMatchObject({
    state: 'resolved',
    message: 'month is watched no longer: the policy leaves it out.',
  });
  const closed = forgetAlerts(evolve(NO_ALERTS, window, policy), new Set([fired.alert_id]));
  expect([...firingAlerts(closed).keys()]).toEqual([job!.alertId]);
});
