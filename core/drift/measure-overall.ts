import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import { effectLevel } from './effect.ts';
import { isOfFeature, rankFeatures, type RankedFeature } from './rank-features.ts';
import type { DriftResult } from './result.ts';
import { formatShare } from './share.ts';

/** Features that an alert names. */
const NAMED = 3;

/**
 * How much of the model stands on ground that has moved: the share of its importance that belongs to features with a
 * drifted result (each a large effect, significant after adjustment). Features that the policy ignores, or that lack
 * data, count on neither side; where the package names no importance, all weigh alike.
 *
 * p is the level at which the features would still have to be called drifted for the share to be above the limit it
 * is above: the largest adjusted p among the surest features that make it up. 1 where no limit is passed.
 *
 * Null where no feature can be judged and none could: a model without features. `names` what to look at first.
 */
export function measureOverall(
  results: readonly DriftResult[],
  sampleSize: number,
  policy: CompleteDriftPolicy,
): DriftResult | null {
  const ofFeatures = results.filter((result) => isOfFeature(result) && !policy.ignore.has(result.subject));
  if (ofFeatures.length === 0) return null;
  const weights = weightsOf(ofFeatures.filter(({ verdict }) => verdict !== 'insufficient_data'));
  const ranked = rankFeatures(ofFeatures);
  const total = sum(weights.values());
  const shareOf = (features: readonly RankedFeature[]): number =>
    total === 0 ? 0 : Math.min(1, sum(features.map(({ feature }) => weights.get(feature) ?? 0)) / total);
  const value = shareOf(ranked);
  const level = effectLevel(value, policy.overall);
  const limit = level === 'critical' ? policy.overall.critical : policy.overall.warning;
  const pValue = level === 'none' ? 1 : largestNeededP(ofFeatures, ranked, (some) => shareOf(some) > limit);
  return {
    signal: 'feature_drift',
    subject: 'overall',
    statistic: 'weighted_share',
    value,
    threshold: policy.overall.warning,
    criticalValue: null,
    testStatistic: null,
    pValue,
    adjustedPValue: pValue,
    sampleSize,
    level,
    verdict: weights.size === 0 ? 'insufficient_data' : level === 'none' ? 'ok' : 'drifted',
    importance: null,
    alarms: policy.alarmOn.has('weighted_share'),
    detail: describeFirst(ranked, weights.size),
  };
}

/** Importance per feature that can be judged; all alike where none is known. */
function weightsOf(results: readonly DriftResult[]): ReadonlyMap<string, number> {
  const weights = new Map(results.map(({ subject, importance }) => [subject, importance ?? 0]));
  return sum(weights.values()) > 0 ? weights : new Map([...weights.keys()].map((feature) => [feature, 1]));
}

function largestNeededP(
  results: readonly DriftResult[],
  ranked: readonly RankedFeature[],
  suffice: (features: readonly RankedFeature[]) => boolean,
): number {
  const pOf = (feature: string): number =>
    Math.min(
      ...results
        .filter(({ subject, verdict, alarms }) => subject === feature && verdict === 'drifted' && alarms)
        .map(({ adjustedPValue }) => adjustedPValue ?? 1),
    );
  const surestFirst = ranked
    .map((feature) => ({ feature, p: pOf(feature.feature) }))
    .sort((a, b) => a.p - b.p);
  const needed = surestFirst.findIndex((_, i) =>
    suffice(surestFirst.slice(0, i + 1).map((of) => of.feature)),
  );
  return surestFirst[needed]?.p ?? 1;
}

function describeFirst(ranked: readonly RankedFeature[], judged: number): string {
  if (ranked.length === 0) return `none of ${judged} features has drifted`;
  const names = ranked.slice(0, NAMED).map(({ feature, importance, result }) => {
    const weight = importance === null ? '' : `, ${formatShare(importance)} of the importance`;
    return `${feature} (${result.statistic} ${result.value.toFixed(2)}${weight})`;
  });
  return `${ranked.length} of ${judged} features; look first at ${names.join(', ')}`;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
