import { adjustPValues } from './benjamini-hochberg.ts';
import { effectLevel } from './effect.ts';
import type { Measurement } from './measurement.ts';
import type { DriftResult, Verdict } from './result.ts';

/**
 * Results of one window: p values adjusted within each family (signal and statistic, over the subjects that have
 * data and aren't ignored), then verdicts. Drifted is what is above its practical limit *and* significant: with enough
 * data every p is 0, with little data every effect is large. Order is kept.
 */
export function judge(measurements: readonly Measurement[], alpha: number): readonly DriftResult[] {
  const adjusted = adjustWithinFamilies(measurements);
  return measurements.map((measurement, i) => {
    const { limits, enough, alpha: own, ignored: _, ...result } = measurement;
    const adjustedPValue = adjusted[i] ?? measurement.pValue;
    const level = effectLevel(measurement.value, limits);
    return {
      ...result,
      threshold: limits.warning,
      adjustedPValue,
      level,
      verdict: verdictOf(enough, level !== 'none' && adjustedPValue <= (own ?? alpha)),
    };
  });
}

function verdictOf(enough: boolean, drifted: boolean): Verdict {
  if (!enough) return 'insufficient_data';
  return drifted ? 'drifted' : 'ok';
}

/** Adjusted p by position; those outside their family (ignored, or without data) keep their own. */
function adjustWithinFamilies(measurements: readonly Measurement[]): readonly number[] {
  const families = new Map<string, number[]>();
  for (const [i, { signal, statistic, enough, ignored }] of measurements.entries()) {
    if (!enough || ignored === true) continue;
    const family = `${signal} ${statistic}`;
    families.set(family, [...(families.get(family) ?? []), i]);
  }
  const adjusted = measurements.map(({ pValue }) => pValue);
  for (const members of families.values()) {
    const pValues = adjustPValues(members.map((i) => adjusted[i] ?? 1));
    for (const [position, i] of members.entries()) adjusted[i] = pValues[position] ?? 1;
  }
  return adjusted;
}
