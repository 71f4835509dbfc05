import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import type { AlertNow } from '@scoreline/runtime/alerts/alert-reader.ts';
import { expect, test } from 'vitest';
import { describeAlerts, describeHistory } from './describe-alerts.ts';
import { describeSilences } from './describe-silences.ts';

const at = { position: 7, published_at: 0 };
const PSI = { ...alertOf({ runbook: 'https://example.com/feature_drift.md' }), ...at };
const KS = { ...alertOf({ statistic: 'ks', silenced_by: PSI.alert_id }), ...at };
const now: readonly AlertNow[] = [
  { latest: PSI, standsFor: [KS.alert_id] },
  { latest: KS, standsFor: [] },
];
const context = { sinks: [], silences: [], all: false, nowMs: 10 };

test('announced alerts are told with whom they stand for, and sinks that are away', () => {
  const sinks = [
    { sink: 'webhook', problem: '' },
    { sink: 'alertmanager a:9093', problem: 'a:9093 can not be reached: ECONNREFUSED' },
  ];
  expect(describeAlerts(now, { ...context, sinks })).toEqual([
    '2 alerts fire, 1 announced',
    '',
    `warning   ${PSI.alert_id}`,
    '          since 1970-01-01 01:00Z: euribor3m has drifted from training.',
    `          stands for ${KS.alert_id}`,
    '          runbook https://example.com/feature_drift.md',
    '\n✗ alertmanager a:9093: a:9093 can not be reached: ECONNREFUSED',
  ]);
  expect(describeAlerts(now, { ...context, all: true })).toContain(`          silenced by ${PSI.alert_id}`);
  expect(describeAlerts([], context)).toEqual(['no alert fires']);
});

test('an alert’s life ends with its SQL and what that gives now', () => {
  const delivery = { sink: 'webhook', position: 7, attempts: 3, attempted_at: '1970-01-01 02:00:00.000' };
  const deliveries = [
    { ...delivery, outcome: 'given_up', problem: 'HTTP 500' },
    { ...delivery, sink: 'alertmanager a:9093', outcome: 'delivered', problem: '' },
  ] as const;
  expect(describeHistory({ changes: [PSI], deliveries }, '0.02')).toEqual([
    '1970-01-01 01:00Z  warning',
    '  euribor3m has drifted from training.',
    '  ✗ webhook: given up after 3 attempts, 1970-01-01 02:00Z: HTTP 500',
    '  ✓ alertmanager a:9093 1970-01-01 02:00Z',
    '',
    'value 0.3 when it was decided, 0.02 now, by',
    'SELECT 1',
  ]);
});

test('a silence is told with the alert, and by itself: who, why, until when', () => {
  const silence = {
    id: 'a1',
    alerts: { signal: 'feature_drift', subject: 'euribor3m' },
    startsAtMs: 0,
    endsAtMs: 3_600_000,
    reason: 'the bank knows',
    actor: 'anna',
  };
  expect(describeAlerts(now, { ...context, silences: [silence] })).toContain(
    '          silenced until 1970-01-01 01:00Z by anna: the bank knows (a1)',
  );
  expect(describeAlerts(now, { ...context, silences: [silence], nowMs: 3_600_000 }).join()).not.toContain(
    'silenced until',
  );
  const ended = { ...silence, id: 'b2', endsAtMs: 5, endedBy: 'ben' };
  expect(describeSilences([silence, ended], 10)).toEqual([
    'a1  until 1970-01-01 01:00Z',
    '          all alerts feature_drift about euribor3m',
    '          anna since 1970-01-01 00:00Z: the bank knows',
    'b2  ended 1970-01-01 00:00Z by ben',
    '          all alerts feature_drift about euribor3m',
    '          anna since 1970-01-01 00:00Z: the bank knows',
  ]);
  expect(describeSilences([], 0)).toEqual(['no alert is silenced']);
});
