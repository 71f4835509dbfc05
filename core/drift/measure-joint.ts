import type { JointDistribution } from '../contracts/reference.ts';
import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import type { JointSums } from './joint.ts';
import { describeSubject, hasEnough, type Measurement } from './measurement.ts';
import { normalQuantile } from './special/normal-quantile.ts';
import { normalSf } from './special/normal.ts';

/**
 * How much more, or less, unusual a window's leads are than the reference's: the difference of the mean squared
 * Mahalanobis distances in standard deviations of the reference's rows. Absolute, as leads that are all alike are news
 * too. p by the central limit theorem, two-sided (Welch). An empty window: 0 and p = 1.
 */
export function measureJoint(
  { count, sum, squares }: JointSums,
  { mean, variance }: JointDistribution,
  referenceSize: number,
  policy: CompleteDriftPolicy,
): Measurement {
  const own = sum / Math.max(1, count);
  const ownVariance = Math.max(0, squares / Math.max(1, count) - own ** 2);
  const deviation = Math.sqrt(variance);
  const error = count === 0 ? 0 : Math.sqrt(ownVariance / count + variance / referenceSize);
  const difference = count === 0 ? 0 : own - mean;
  const z = error === 0 ? 0 : difference / error;
  const enough = hasEnough([count, referenceSize], policy);
  return {
    ...describeSubject(
      { signal: 'feature_drift', name: 'multivariate', ignored: false },
      'mahalanobis',
      policy,
    ),
    value: Math.abs(difference) / deviation,
    limits: policy.multivariate,
    criticalValue: enough ? (normalQuantile(policy.alpha / 2) * error) / deviation : null,
    testStatistic: z,
    pValue: Math.min(1, 2 * normalSf(Math.abs(z))),
    sampleSize: count,
    enough,
    detail: `combinations of values are ${difference < 0 ? 'less' : 'more'} unusual than in the reference: mean squared distance ${own.toFixed(2)}, there ${mean.toFixed(2)}`,
  };
}
