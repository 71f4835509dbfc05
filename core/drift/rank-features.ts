import type { DriftResult } from './result.ts';

/** A feature with the largest of its effects. */
export interface RankedFeature {
  readonly feature: string;
  /** Null: the package doesn't say. */
  readonly importance: number | null;
  /** The largest effect by its own warning limit, times the importance (1 where it isn't known). */
  readonly weightedEffect: number;
  readonly result: DriftResult;
}

/**
 * The features that have drifted in a window, in the order in which to look at them: an effect of twice its limit on
 * a feature that makes half of the score comes before one of five times on a feature that makes a tenth. Among equals
 * by name. Only results that may alarm count.
 */
export function rankFeatures(results: readonly DriftResult[]): readonly RankedFeature[] {
  const drifted = results
    .filter(({ verdict, alarms }) => verdict === 'drifted' && alarms)
    .filter(isOfFeature);
  return Array.from(Map.groupBy(drifted, ({ subject }) => subject).values(), rankOne).sort(
    (a, b) => b.weightedEffect - a.weightedEffect || (a.feature < b.feature ? -1 : 1),
  );
}

/** Whether a result is of one feature, and neither of all together nor of what the model says. */
export function isOfFeature({ signal, statistic }: DriftResult): boolean {
  if (signal === 'missing_rate' || signal === 'new_category') return true;
  return signal === 'feature_drift' && statistic !== 'weighted_share' && statistic !== 'mahalanobis';
}

function rankOne(ofFeature: readonly DriftResult[]): RankedFeature {
  const [first, ...others] = ofFeature;
  if (first === undefined) throw new TypeError('a group without results');
  const result = others.reduce((most, each) => (effectOf(each) > effectOf(most) ? each : most), first);
  const { subject: feature, importance } = result;
  return { feature, importance, weightedEffect: effectOf(result) * (importance ?? 1), result };
}

/** In units of the warning limit; a limit of 0 that is passed counts as passed by far. */
function effectOf({ value, threshold }: DriftResult): number {
  return value / Math.max(threshold, 1e-9);
}
