import { expect, test } from 'vitest';
import { silencedAlertsOf } from '../silence.ts';
import { alertOf } from '../testing/given.ts';
import { toPostableAlerts } from './postable-alerts.ts';
import { toMatchers } from './silence-matchers.ts';

const context = { nowMs: 0, lastsMs: 1, standsFor: new Map<string, readonly string[]>() };

test('matchers are the labels that the alert is posted with, severity left open and no segment as none', () => {
  for (const segment of [null, 'source=web']) {
    const alert = alertOf({ segment });
    const [posted] = toPostableAlerts([alert], context);
    const { severity: _severity, ...labels } = posted!.labels;
    const matched = toMatchers(silencedAlertsOf(alert)).map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(matched)).toEqual({ segment: '', ...labels });
  }
  expect(toMatchers({ signal: 'latency' }).map(({ name }) => name)).toEqual(['alertname', 'signal']);
});
