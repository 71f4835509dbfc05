import { expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { Measurement } from './measurement.ts';

const measured = (subject: string, pValue: number, more: Partial<Measurement> = {}): Measurement => ({
  signal: 'feature_drift',
  subject,
  statistic: 'ks',
  value: 0.2,
  limits: { warning: 0.15, critical: 0.3 },
  criticalValue: null,
  testStatistic: null,
  pValue,
  sampleSize: 500,
  enough: true,
  ignored: false,
  importance: null,
  alarms: true,
  detail: '',
  ...more,
});
const verdicts = (measurements: readonly Measurement[]) =>
  judge(measurements, 0.01).map((result) => result.verdict);

it('wants both, effect and significance', () => {
  expect(verdicts([measured('a', 1e-9)])).toEqual(['drifted']);
  expect(verdicts([measured('a', 1e-9, { value: 0.15 })])).toEqual(['ok']);
  expect(verdicts([measured('a', 0.011)])).toEqual(['ok']);
});

it('asks more of a p that is the best of many', () => {
  const others = Array.from({ length: 19 }, (_, i) => measured(`f${i}`, 0.5));
  expect(verdicts([measured('a', 0.005)])).toEqual(['drifted']);
  expect(verdicts([measured('a', 0.005), ...others])[0]).toBe('ok');
});

it('counts into a family only what may alarm and has data, and keeps families apart', () => {
  const results = judge(
    [
      measured('a', 0.005),
      measured('ignored', 0.9, { ignored: true }),
      measured('empty', 0.9, { enough: false }),
      measured('a', 0.9, { statistic: 'psi' }),
      measured('a', 0.9, { signal: 'missing_rate' }),
    ],
    0.01,
  );
  expect(results.map((result) => result.adjustedPValue)).toEqual([0.005, 0.9, 0.9, 0.9, 0.9]);
});
