import { describe, expect, it } from 'vitest';
import type { ScoringAlert } from '../../contracts/scoring-alert.ts';
import { alertOf } from '../testing/given.ts';
import { linkTo, toPostableAlerts } from './postable-alerts.ts';

const context = { nowMs: 60_000, lastsMs: 240_000, standsFor: new Map<string, readonly string[]>() };
const at = (raisedAtMs: number, more: Partial<ScoringAlert> = {}) =>
  alertOf({ raised_at: raisedAtMs, ...more });
const post = (...changes: readonly ScoringAlert[]) => toPostableAlerts(changes, context);
const told = (...changes: readonly ScoringAlert[]) =>
  post(...changes).map(({ labels, startsAt, endsAt }) => [
    labels['severity'],
    Date.parse(startsAt),
    Date.parse(endsAt),
  ]);

describe('what Alertmanager is told', () => {
  it('an alert that fires lasts a while beyond now', () => {
    expect(told(at(1_000))).toEqual([['warning', 1_000, 300_000]]);
  });

  it('one that resolved has an end', () => {
    expect(told(at(1_000), at(9_000, { state: 'resolved' }))).toEqual([['warning', 1_000, 9_000]]);
  });

  it('one that was raised ends as a warning and starts as critical', () => {
    const raised = at(5_000, { severity: 'critical' });
    expect(told(at(1_000), raised)).toEqual([
      ['warning', 1_000, 5_000],
      ['critical', 5_000, 300_000],
    ]);
    expect(told(at(1_000), raised, { ...raised, state: 'resolved', raised_at: 9_000 })).toEqual([
      ['warning', 1_000, 5_000],
      ['critical', 5_000, 9_000],
    ]);
  });

  it('one that is told again, its cool-down over or its voice gone, is the same', () => {
    expect(told(at(1_000), at(2_000, { value: 0.4 }))).toEqual([['warning', 1_000, 300_000]]);
  });

  it('of two with the same labels the one that fires', () => {
    const ks = at(2_000, { statistic: 'ks' });
    expect(told(at(1_000), ks, { ...ks, state: 'resolved', raised_at: 3_000 })).toEqual([
      ['warning', 1_000, 300_000],
    ]);
    expect(told(ks, { ...ks, state: 'resolved', raised_at: 3_000 }, at(4_000))).toEqual([
      ['warning', 4_000, 300_000],
    ]);
  });

  it('has few labels, and annotations to act on', () => {
    const alert = alertOf({ runbook: 'https://example.com/feature_drift.md', segment: 'source=web' });
    const linkTemplate = 'https://grafana.example.com/d/health?var-model={model}&id={alert_id}&x={unknown}';
    const standsFor = new Map([[alert.alert_id, ['other/id']]]);
    const [only] = toPostableAlerts([alert], { ...context, linkTemplate, standsFor });
    expect(only!.labels).toEqual({
      alertname: 'FeatureDrift',
      severity: 'warning',
      signal: 'feature_drift',
      subject: 'euribor3m',
      model: 'bank-leads',
      version: '1.0.0',
      segment: 'source=web',
      window_size: 'PT1H',
    });
    expect(only!.generatorURL).toBe(
      'https://grafana.example.com/d/health?var-model=bank-leads&id=' +
        'bank-leads%2F1.0.0%2Ffeature_drift%2Fpsi%2Feuribor3m%2Fsource%3Dweb%2FPT1H&x={unknown}',
    );
    expect(only!.annotations).toEqual({
      summary: 'feature drift: euribor3m of bank-leads 1.0.0',
      description: alert.message,
      alert_id: alert.alert_id,
      value: '0.3',
      threshold: '0.2',
      statistic: 'psi',
      sample_size: '812',
      window: '1970-01-01T00:00:00.000Z to 1970-01-01T01:00:00.000Z',
      query: 'SELECT 1',
      runbook: 'https://example.com/feature_drift.md',
      link: only!.generatorURL,
      stands_for: 'other/id',
    });
    expect(linkTo(alert, undefined)).toBeUndefined();
  });
});
