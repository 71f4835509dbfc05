import type { Distribution, Reference } from '../contracts/reference.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { Histogram, WindowHistogram } from './histogram.ts';
import { judge, type Measurement } from './judge.ts';
import { describeShift, measureChiSquare, measureDistribution } from './measure-distribution.ts';
import { measureMissingRate, measureNewCategories } from './measure-shares.ts';
import type { DriftResult } from './result.ts';
import { formatShare } from './share.ts';

/** What one window of one model version is judged by. */
export interface WindowEvaluation {
  /** The package's, or one of earlier windows (`referenceOfWindows`). */
  readonly reference: Reference;
  readonly policy: CompletePolicy;
  /** The manifest's: feature name to its share of the model's importance. Only told, never weighed. */
  readonly importance: Readonly<Record<string, number>>;
  readonly window: WindowHistogram;
}

/**
 * Everything that a window says about drift:
 * 1. each feature's distribution (PSI, and KS or χ²), missing rate and unseen levels;
 * 2. the score's distribution, and the bands' shares (χ², subject 'bands');
 * 3. verdicts, once p values are adjusted for how many features were tested.
 */
export function evaluateWindow({
  reference,
  policy,
  importance,
  window,
}: WindowEvaluation): readonly DriftResult[] {
  const measurements = [
    ...reference.features.flatMap((distribution, i) => {
      const histogram = window.features[i];
      if (histogram === undefined) return [];
      return measureFeature(distribution, histogram, policy.drift, importance[distribution.name]);
    }),
    ...measureDistribution(
      { signal: 'prediction_drift', name: 'score', alarms: true },
      reference.score,
      window.score,
      policy.drift,
    ),
    measureBands(reference, window, policy.drift),
  ];
  return judge(measurements, policy.drift.alpha);
}

function measureFeature(
  distribution: Distribution,
  histogram: Histogram,
  policy: CompletePolicy['drift'],
  importance: number | undefined,
): readonly Measurement[] {
  const { name } = distribution;
  const alarms = !policy.ignore.has(name);
  const newCategories = measureNewCategories(distribution, histogram, policy, alarms);
  const measurements = [
    ...measureDistribution({ signal: 'feature_drift', name, alarms }, distribution, histogram, policy),
    measureMissingRate(distribution, histogram, policy, alarms),
    ...(newCategories === null ? [] : [newCategories]),
  ];
  if (importance === undefined) return measurements;
  const weight = `${formatShare(importance)} of the model's importance`;
  return measurements.map((measurement) => ({
    ...measurement,
    importance,
    detail: measurement.detail === '' ? weight : `${measurement.detail}; ${weight}`,
  }));
}

function measureBands(
  reference: Reference,
  window: WindowHistogram,
  policy: CompletePolicy['drift'],
): Measurement {
  const names = [...new Set([...Object.keys(reference.bands), ...Object.keys(window.bands)])];
  const current = names.map((name) => window.bands[name] ?? 0);
  const expected = names.map((name) => reference.bands[name] ?? 0);
  const detail = describeShift(current, expected, (band) => `band ${names[band] ?? band}`);
  const subject = { signal: 'prediction_drift', name: 'bands', alarms: true } as const;
  return measureChiSquare(subject, current, expected, policy, detail);
}
