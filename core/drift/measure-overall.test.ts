import { describe, expect, it } from 'vitest';
import { defaultPolicy, resultOf } from '../alerts/testing/given.ts';
import { measureOverall } from './measure-overall.ts';
import { rankFeatures } from './rank-features.ts';
import type { DriftResult } from './result.ts';

const { drift } = defaultPolicy();
const calm = (subject: string, importance: number | null = 0.25) => resultOf({ subject, importance });
const moved = (subject: string, importance: number | null = 0.25, more: Partial<DriftResult> = {}) =>
  resultOf({
    subject,
    importance,
    value: 0.6,
    adjustedPValue: 1e-4,
    level: 'critical',
    verdict: 'drifted',
    ...more,
  });
const overall = (...results: readonly DriftResult[]) => measureOverall(results, 800, drift);

describe('measureOverall', () => {
  it('is the share of the importance that belongs to what has drifted, each feature once', () => {
    const twice = [
      moved('a', 0.4),
      moved('a', 0.4, { signal: 'missing_rate', statistic: 'share_difference' }),
    ];
    expect(overall(...twice, calm('b', 0.6))).toMatchObject({
      subject: 'overall',
      statistic: 'weighted_share',
      value: 0.4,
      level: 'warning',
      verdict: 'drifted',
      sampleSize: 800,
    });
    expect(overall(moved('a', 0.3), calm('b', 0.7))).toMatchObject({ value: 0.3, verdict: 'ok', pValue: 1 });
  });

  it('weighs features alike where the package names no importance', () => {
    expect(overall(moved('a', null), calm('b', null), calm('c', null), calm('d', null))).toMatchObject({
      value: 0.25,
    });
  });

  it('leaves out what the policy ignores and what lacks data, on either side', () => {
    const ignoring = { ...drift, ignore: new Set(['month']) };
    const lacking = resultOf({ subject: 'b', importance: 0.25, verdict: 'insufficient_data' });
    const results = [moved('month', 0.5, { alarms: false }), moved('a'), lacking];
    expect(measureOverall(results, 800, ignoring)).toMatchObject({ value: 1 });
    expect(overall(lacking)).toMatchObject({ value: 0, verdict: 'insufficient_data' });
  });

  it('counts only statistics that alarm, and nothing but features', () => {
    const told = moved('a', 0.25, { statistic: 'kl', alarms: false });
    const score = moved('score', null, { signal: 'prediction_drift' });
    expect(overall(told, calm('b'), score)).toMatchObject({ value: 0, verdict: 'ok' });
    expect(overall(score)).toBeNull();
  });

  it('is as sure as the surest features that make up the limit it passes', () => {
    const results = [
      moved('a', 0.2, { adjustedPValue: 1e-9 }),
      moved('b', 0.2, { adjustedPValue: 1e-8 }),
      moved('c', 0.2, { adjustedPValue: 1e-7 }),
      moved('d', 0.2, { adjustedPValue: 1e-3 }),
      calm('e', 0.2),
    ];
    expect(overall(...results)).toMatchObject({ level: 'critical', adjustedPValue: 1e-7 });
    expect(overall(...results.slice(0, 2), ...['c', 'd', 'e'].map((name) => calm(name, 0.2)))).toMatchObject({
      level: 'warning',
      adjustedPValue: 1e-8,
    });
  });

  it('names three to look at first', () => {
    const results = [moved('a', 0.1), moved('b', 0.5), moved('c', 0.2), moved('d', 0.15), calm('e', 0.05)];
    expect(overall(...results)!.detail).toBe(
      '4 of 5 features; look first at b (psi 0.60, 50 % of the importance), c (psi 0.60, 20 % of the importance), d (psi 0.60, 15 % of the importance)',
    );
    expect(overall(calm('a'))!.detail).toBe('none of 1 features has drifted');
  });
});

describe('rankFeatures', () => {
  it('weighs the largest effect, by its own limit, by the importance', () => {
    const ranked = rankFeatures([
      moved('strong', 0.1, { value: 1 }),
      moved('weighty', 0.6, { value: 0.4 }),
      moved('weighty', 0.6, { statistic: 'ks', value: 0.54, threshold: 0.18 }),
      moved('alike', 0.1, { value: 1 }),
      moved('muted', 0.9, { alarms: false }),
      calm('calm', 0.9),
    ]);
    expect(ranked.map(({ feature, weightedEffect }) => [feature, Number(weightedEffect.toFixed(9))])).toEqual(
      [
        ['weighty', 1.8],
        ['alike', 0.5],
        ['strong', 0.5],
      ],
    );
    expect(ranked[0]!.result.statistic).toBe('ks');
  });

  it('goes by the effect alone where no importance is known, limits of 0 first', () => {
    const ranked = rankFeatures([moved('a', null), moved('b', null, { value: 0.01, threshold: 0 })]);
    expect(ranked.map(({ feature }) => feature)).toEqual(['b', 'a']);
  });
});
