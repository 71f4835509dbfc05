import { limitResult } from '../drift/limit-result.ts';
import type { DriftResult } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { type PairSums, summarisePairs } from './pair-sums.ts';

/**
 * How far candidate and production are apart in one window, as results for the alert decider: the share of leads
 * that land in another band. The pairs are paired, so no test of two samples applies: limits decide alone.
 */
export function evaluatePairs(sums: PairSums, policy: CompletePolicy): readonly DriftResult[] {
  const summary = summarisePairs(sums);
  return [
    limitResult({
      signal: 'shadow_disagreement',
      subject: 'bands',
      statistic: 'share',
      value: summary.bandFlipShare,
      limits: policy.shadow.bandFlipShare,
      sampleSize: summary.count,
      enough: summary.count >= policy.drift.minimumSample,
      detail: `scores differ by ${summary.meanAbsoluteDifference.toFixed(3)} on average, ${summary.maxAbsoluteDifference.toFixed(3)} at most`,
    }),
  ];
}
