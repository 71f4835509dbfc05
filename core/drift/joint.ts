import type { JointDistribution } from '../contracts/reference.ts';

/** How unusual the leads of a window are in sum. Additive: a day's is the sum of its hours'. */
export interface JointSums {
  readonly count: number;
  /** Of their squared Mahalanobis distances. */
  readonly sum: number;
  /** Of the squares of these. */
  readonly squares: number;
}

/** Of no leads. */
export const NO_JOINT_SUMS: JointSums = { count: 0, sum: 0, squares: 0 };

/**
 * A row's squared Mahalanobis distance from the reference's centre, |W z|², z being the numbers that stand for its
 * bins: how unusual their combination is, whatever each is by itself. All principal components count, each by its own
 * variance, so that two features which went together and part show at once; a PCA's reconstruction error, the sum of
 * the components that were left out, weighs them as they vary and sees little of it.
 *
 * `bins` must be as many as the features and within each one's; those of `__other__` and `__missing__` are the mean.
 * O(features · rows of W). Source: Mahalanobis (1936); scikit-learn's `ShrunkCovariance.mahalanobis`.
 */
export function createUnusualness(joint: JointDistribution): (bins: readonly number[]) => number {
  const whitening = joint.whitening.map((row) => Float64Array.from(row));
  const z = new Float64Array(joint.numbers.length);
  return (bins) => {
    for (let i = 0; i < z.length; i++) z[i] = joint.numbers[i]?.[bins[i] ?? -1] ?? 0;
    let distance = 0;
    for (const row of whitening) {
      let along = 0;
      for (let i = 0; i < z.length; i++) along += (row[i] ?? 0) * (z[i] ?? 0);
      distance += along * along;
    }
    return distance;
  };
}

/** All these leads together. */
export function addJointSums(a: JointSums, b: JointSums): JointSums {
  return { count: a.count + b.count, sum: a.sum + b.sum, squares: a.squares + b.squares };
}
