import { describe, expect, it } from 'vitest';
import type { DriftedFeature, MatureCohort, RetrainingFacts } from './facts.ts';
import { listReasons, type ReasonContext } from './list-reasons.ts';
import { DAY_MS, DEFAULT_RETRAINING, QUIET_FACTS } from './testing/given.ts';

function reasons(facts: Partial<RetrainingFacts>, context: Partial<ReasonContext> = {}) {
  const standard = { policy: DEFAULT_RETRAINING, nowMs: DAY_MS, lastRequestedAtMs: null };
  return listReasons({ ...QUIET_FACTS, ...facts }, { ...standard, ...context });
}

function names(facts: Partial<RetrainingFacts>, context: Partial<ReasonContext> = {}): readonly string[] {
  return reasons(facts, context).map(({ reason }) => reason);
}

it('a version that serves well and of which little is known is left alone', () => {
  expect(reasons({})).toEqual([]);
});

describe('by schedule', () => {
  const atDay = (day: number, lastRequestedDay: number | null = null): readonly string[] =>
    names(
      {},
      {
        nowMs: day * DAY_MS,
        lastRequestedAtMs: lastRequestedDay === null ? null : lastRequestedDay * DAY_MS,
      },
    );

  it('weekly in the first four weeks, monthly after', () => {
    expect(atDay(6)).toEqual([]);
    expect(atDay(7)).toEqual(['schedule']);
    expect(atDay(27, 20)).toEqual(['schedule']);
    expect(atDay(28, 21)).toEqual([]);
    expect(atDay(51, 21)).toEqual(['schedule']);
  });

  it('counts from the last request, and anew with a new version', () => {
    expect(atDay(10, 7)).toEqual([]);
    const newVersion = { servingSinceMs: 40 * DAY_MS };
    expect(names(newVersion, { nowMs: 45 * DAY_MS, lastRequestedAtMs: 0 })).toEqual([]);
  });

  it('never where the policy says null, nor before the first score', () => {
    const policy = { ...DEFAULT_RETRAINING, schedule: null };
    expect(names({}, { nowMs: 400 * DAY_MS, policy })).toEqual([]);
    expect(names({ servingSinceMs: null }, { nowMs: 400 * DAY_MS })).toEqual([]);
  });
});

it('by new labels, from 5,000 on', () => {
  const labelled = (count: number) => ({ newLabels: { count, sinceMs: 0, query: 'SELECT 5000' } });
  expect(names(labelled(4_999))).toEqual([]);
  expect(reasons(labelled(5_000))).toMatchObject([
    { reason: 'new_labels', value: 5_000, threshold: 5_000, query: 'SELECT 5000' },
  ]);
});

describe('by drift', () => {
  const rate: DriftedFeature = {
    feature: 'euribor3m',
    importance: 0.15,
    psi: 0.4,
    sampleSize: 900,
    windowStartMs: 0,
    windowEndMs: DAY_MS,
    driftingSinceMs: 0,
    query: 'SELECT 0.4',
  };
  const age = { ...rate, feature: 'age', importance: 0.1, psi: 0.3 };

  it('where features with a fifth of the importance have drifted, the weightiest first', () => {
    expect(names({ drifted: [rate] })).toEqual([]);
    expect(reasons({ drifted: [age, rate] })).toMatchObject([
      {
        reason: 'drift',
        detail:
          "25 % of the model's importance stands on drifted features: euribor3m (PSI 0.40), age (PSI 0.30)",
        value: 0.4,
        threshold: 0.25,
        sample_size: 900,
        query: 'SELECT 0.4',
      },
    ]);
  });

  it('a feature counts once, however many sizes it drifts in', () => {
    expect(names({ drifted: [rate, { ...rate, psi: 0.5 }] })).toEqual([]);
  });

  it('not below the limit of PSI, and not where it has just begun', () => {
    expect(names({ drifted: [rate, { ...age, psi: 0.24 }] })).toEqual([]);
    expect(names({ drifted: [rate, { ...age, driftingSinceMs: 1 }] })).toEqual([]);
  });
});

describe('by performance', () => {
  const cohort: MatureCohort = {
    auc: 0.74,
    low: null,
    high: null,
    labels: 800,
    windowStartMs: 0,
    windowEndMs: DAY_MS,
    query: 'SELECT 0.74',
  };

  it('below .75 on enough labels', () => {
    expect(reasons({ cohort })).toMatchObject([{ reason: 'performance', value: 0.74, threshold: 0.75 }]);
    expect(names({ cohort: { ...cohort, auc: 0.75 } })).toEqual([]);
    expect(names({ cohort: { ...cohort, labels: 499 } })).toEqual([]);
  });

  it('or a drop of .05 below the training', () => {
    const better = { ...cohort, auc: 0.84 };
    expect(names({ cohort: better, trainedAuc: 0.88 })).toEqual([]);
    expect(reasons({ cohort: better, trainedAuc: 0.9 })).toMatchObject([
      { threshold: 0.85, detail: 'AUC 0.840 on 800 labelled leads, limit 0.85; at training it was 0.90' },
    ]);
  });

  it('not where its interval reaches the limit', () => {
    expect(names({ cohort: { ...cohort, low: 0.7, high: 0.78 } })).toEqual([]);
    expect(names({ cohort: { ...cohort, auc: 0.7, low: 0.66, high: 0.74 } })).toEqual(['performance']);
  });
});

it('by a critical alert of features or predictions: the one furthest beyond its limit, and how many there are', () => {
  const alert = {
    value: 0.6,
    threshold: 0.2,
    sampleSize: 500,
    windowStartMs: 0,
    windowEndMs: 1,
    query: 'SELECT 1',
  };
  const criticalAlerts = [
    { ...alert, message: 'age has drifted.' },
    { ...alert, message: 'job has drifted.', value: 2 },
  ];
  expect(reasons({ criticalAlerts })).toMatchObject([
    { reason: 'critical_drift', detail: 'job has drifted. (one of 2 critical alerts)', value: 2 },
  ]);
  expect(names({ criticalAlerts }, { policy: { ...DEFAULT_RETRAINING, criticalDrift: false } })).toEqual([]);
});
