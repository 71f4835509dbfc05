import type { Distribution, JointDistribution } from '../../contracts/reference.ts';
import { createUnusualness } from '../joint.ts';

/** trainer/joint.py's, towards equal variances without correlation. */
const SHRINKAGE = 0.1;

/** A training row: its bins in the features' order, and its score. */
export interface BinnedRow {
  readonly bins: readonly number[];
  readonly score: number;
}

type Matrix = readonly Float64Array[];

/**
 * How features go together, as the trainer describes it (trainer/joint.py, unrounded): a number for each bin, the
 * inverse Cholesky factor of their shrunk covariance, mean and variance of the rows' squared distances. All features
 * count; none may be constant.
 */
export function jointReference(
  features: readonly Distribution[],
  rows: readonly BinnedRow[],
): JointDistribution {
  const numbers = features.map((feature, i) => numbersOfBins(feature, i, rows));
  const covariance = covarianceOf(numbers, rows);
  const whitening = invertLower(cholesky(shrink(covariance))).map((row) => Array.from(row));
  const unusualness = createUnusualness({ numbers, whitening, mean: 0, variance: 0 });
  const distances = rows.map(({ bins }) => unusualness(bins));
  const mean = meanOf(distances);
  return { numbers, whitening, mean, variance: meanOf(distances.map((distance) => (distance - mean) ** 2)) };
}

/** Standardised mid-ranks (Bross 1958); levels rank by their rows' mean score; `__other__` and `__missing__` are 0. */
function numbersOfBins(
  { bins, counts }: Distribution,
  feature: number,
  rows: readonly BinnedRow[],
): number[] {
  const order = [...counts.keys()];
  if (bins.type === 'levels') {
    const scores = counts.map(() => 0);
    for (const row of rows) {
      const bin = row.bins[feature] ?? -1;
      if (bin < scores.length) scores[bin] = (scores[bin] ?? 0) + row.score;
    }
    const meanScore = (bin: number): number => (scores[bin] ?? 0) / Math.max(1, counts[bin] ?? 0);
    order.sort((a, b) => meanScore(a) - meanScore(b));
  }
  const present = counts.reduce((sum, count) => sum + count, 0);
  const centred = counts.map(() => 0);
  let below = 0;
  for (const bin of order) {
    const count = counts[bin] ?? 0;
    centred[bin] = (below + count / 2) / present - 0.5;
    below += count;
  }
  const squares = centred.reduce((sum, rank, bin) => sum + (counts[bin] ?? 0) * rank ** 2, 0);
  const deviation = Math.sqrt(squares / rows.length);
  return [...centred.map((rank) => rank / deviation), 0, 0];
}

/** About 0, which is each number's mean. */
function covarianceOf(numbers: readonly (readonly number[])[], rows: readonly BinnedRow[]): Matrix {
  const sums = numbers.map(() => new Float64Array(numbers.length));
  const z = new Float64Array(numbers.length);
  for (const { bins } of rows) {
    for (let i = 0; i < z.length; i++) {
      z[i] = numbers[i]?.[bins[i] ?? -1] ?? 0;
      const sum = sums[i] ?? z;
      for (let j = 0; j <= i; j++) sum[j] = (sum[j] ?? 0) + (z[i] ?? 0) * (z[j] ?? 0);
    }
  }
  return sums.map((row) => row.map((sum) => sum / rows.length));
}

/** The lower triangle of a covariance, as scikit-learn's ShrunkCovariance. */
function shrink(covariance: Matrix): Matrix {
  const meanVariance = meanOf(covariance.map((row, i) => row[i] ?? 0));
  return covariance.map((row, i) =>
    row.map((x, j) => (1 - SHRINKAGE) * x + (i === j ? SHRINKAGE * meanVariance : 0)),
  );
}

/** L with L Lᵀ the matrix whose lower triangle this is. */
function cholesky(matrix: Matrix): Matrix {
  const lower = matrix.map((row) => new Float64Array(row.length));
  for (const [i, row] of lower.entries()) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i]?.[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (row[k] ?? 0) * (lower[j]?.[k] ?? 0);
      row[j] = i === j ? Math.sqrt(rest) : rest / (lower[j]?.[j] ?? 1);
    }
  }
  return lower;
}

/** By forward substitution. */
function invertLower(lower: Matrix): Matrix {
  const inverse = lower.map((row) => new Float64Array(row.length));
  for (const [i, row] of lower.entries()) {
    for (let j = 0; j <= i; j++) {
      let rest = i === j ? 1 : 0;
      for (let k = j; k < i; k++) rest -= (row[k] ?? 0) * (inverse[k]?.[j] ?? 0);
      const into = inverse[i];
      if (into !== undefined) into[j] = rest / (row[i] ?? 1);
    }
  }
  return inverse;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
