import type { Distribution, Reference } from '../contracts/reference.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { Histogram, WindowHistogram } from './histogram.ts';
import { judge } from './judge.ts';
import { describeShift, measureChiSquare, measureDistribution } from './measure-distribution.ts';
import { measureMissingRate, measureNewCategories } from './measure-shares.ts';
import { measureJoint } from './measure-joint.ts';
import { measureOverall } from './measure-overall.ts';
import type { Measurement } from './measurement.ts';
import type { DriftResult } from './result.ts';
import { formatShare } from './share.ts';

/** What one window of one model version is judged by. */
export interface WindowEvaluation {
  /** The package's, or one of earlier windows (`referenceOfWindows`). */
  readonly reference: Reference;
  readonly policy: CompletePolicy;
  /** The manifest's: feature name to its share of the model's importance, by which all features together are weighed. */
  readonly importance: Readonly<Record<string, number>>;
  readonly window: WindowHistogram;
}

/**
 * Everything that a window says about drift:
 * 1. each feature's distribution (PSI, and KS or χ²), missing rate and unseen levels;
 * 2. the score's distribution, and the bands' shares (χ², subject 'bands');
 * 3. how features go together (subject 'multivariate'), where the package says how they did;
 * 4. verdicts, once p values are adjusted for how many features were tested;
 * 5. how much of the model's importance stands on what has drifted.
 */
export function evaluateWindow(evaluation: WindowEvaluation): readonly DriftResult[] {
  return judgeWindow(measureWindow(evaluation), evaluation);
}

/**
 * The same of several windows of the same time, such as the segments': p values are adjusted over all of them
 * together, so that ten segments raise no more false alarms than one does.
 */
export function evaluateTogether(
  evaluations: readonly WindowEvaluation[],
): readonly (readonly DriftResult[])[] {
  const [first] = evaluations;
  if (first === undefined) return [];
  const measured = evaluations.map(measureWindow);
  const judged = judge(measured.flat(), first.policy.drift.alpha);
  let from = 0;
  return evaluations.map((evaluation, i) =>
    withOverall(judged.slice(from, (from += measured[i]?.length ?? 0)), evaluation),
  );
}

/** Steps 1 and 2 of `evaluateWindow`. */
export function measureWindow({
  reference,
  policy,
  importance,
  window,
}: WindowEvaluation): readonly Measurement[] {
  return [
    ...reference.features.flatMap((distribution, i) => {
      const histogram = window.features[i];
      if (histogram === undefined) return [];
      return measureFeature(distribution, histogram, policy.drift, importance[distribution.name]);
    }),
    ...measureDistribution(
      { signal: 'prediction_drift', name: 'score', ignored: false },
      reference.score,
      window.score,
      policy.drift,
    ),
    measureBands(reference, window, policy.drift),
    ...(reference.joint === undefined || window.joint === undefined
      ? []
      : [measureJoint(window.joint, reference.joint, reference.rows, policy.drift)]),
  ];
}

/** What follows from a window's measurements: the rest of `evaluateWindow`. */
export function judgeWindow(
  measurements: readonly Measurement[],
  evaluation: Pick<WindowEvaluation, 'policy' | 'window'>,
): readonly DriftResult[] {
  return withOverall(judge(measurements, evaluation.policy.drift.alpha), evaluation);
}

function withOverall(
  results: readonly DriftResult[],
  { policy, window }: Pick<WindowEvaluation, 'policy' | 'window'>,
): readonly DriftResult[] {
  const rows = Object.values(window.bands).reduce((sum, count) => sum + count, 0);
  const overall = measureOverall(results, rows, policy.drift);
  return overall === null ? results : [...results, overall];
}

function measureFeature(
  distribution: Distribution,
  histogram: Histogram,
  policy: CompletePolicy['drift'],
  importance: number | undefined,
): readonly Measurement[] {
  const { name } = distribution;
  const ignored = policy.ignore.has(name);
  const newCategories = measureNewCategories(distribution, histogram, policy, ignored);
  const measurements = [
    ...measureDistribution({ signal: 'feature_drift', name, ignored }, distribution, histogram, policy),
    measureMissingRate(distribution, histogram, policy, ignored),
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
  const subject = { signal: 'prediction_drift', name: 'bands', ignored: false } as const;
  return measureChiSquare(subject, { current, reference: expected, detail }, policy);
}
