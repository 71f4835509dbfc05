import type { Levels } from '../contracts/policy.ts';
import { effectLevel } from './effect.ts';
import type { DriftResult } from './result.ts';

/** A value that limits alone judge. */
export interface LimitedValue extends Pick<
  DriftResult,
  'signal' | 'subject' | 'statistic' | 'value' | 'sampleSize' | 'detail'
> {
  readonly limits: Levels;
  /** Whether the sample is large enough to judge by. */
  readonly enough: boolean;
}

/** A result without a test of significance: above its limit is drifted. It fires by k of n only, never at once. */
export function limitResult({ limits, enough, ...value }: LimitedValue): DriftResult {
  const level = effectLevel(value.value, limits);
  const judged = level === 'none' ? 'ok' : 'drifted';
  return {
    ...value,
    threshold: limits.warning,
    criticalValue: null,
    testStatistic: null,
    pValue: null,
    adjustedPValue: null,
    level,
    verdict: enough ? judged : 'insufficient_data',
    importance: null,
    alarms: true,
  };
}
