import { normalSf } from '../drift/special/normal.ts';
import { type Estimate, normalEstimate } from './interval.ts';
import { meanRanks } from './ranks.ts';

/** The areas under both ROC curves on the same leads, and how far apart they are. */
export interface AucComparison {
  readonly production: Estimate;
  readonly candidate: Estimate;
  /** Candidate minus production. */
  readonly difference: Estimate;
  /** Two-sided, of no difference; 1 where both order the leads alike. */
  readonly pValue: number;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * AUC of two models on the same leads, with DeLong's variance, which knows that the two are correlated. `labels` are 1
 * and 0, entry i of all three is one lead; tied scores count half. Null with fewer than two leads of either class: then
 * there is no variance. O(n log n). Sources: DeLong, DeLong, Clarke-Pearson (1988); Sun and Xu (2014) for the ranks.
 */
export function compareAuc(
  production: Float64Array,
  candidate: Float64Array,
  labels: Float64Array,
): AucComparison | null {
  const a = placements(production, labels);
  const b = placements(candidate, labels);
  const [m, n] = [a.ofPositives.length, a.ofNegatives.length];
  if (m < 2 || n < 2) return null;
  const variance = (x: Placements, y: Placements): number =>
    covariance(x.ofPositives, y.ofPositives) / m + covariance(x.ofNegatives, y.ofNegatives) / n;
  const [aa, bb, ab] = [variance(a, a), variance(b, b), variance(a, b)];
  const difference = b.auc - a.auc;
  // Rounding may leave a trace where both models are the same.
  const standardError = Math.sqrt(Math.max(0, aa + bb - 2 * ab));
  return {
    production: normalEstimate(a.auc, Math.sqrt(aa)),
    candidate: normalEstimate(b.auc, Math.sqrt(bb)),
    difference: normalEstimate(difference, standardError),
    pValue:
      standardError === 0 ? Number(difference === 0) : 2 * normalSf(Math.abs(difference) / standardError),
    positives: m,
    negatives: n,
  };
}

interface Placements {
  readonly auc: number;
  /** For each positive the share of negatives below it, for each negative the share of positives above it. */
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

function placements(scores: Float64Array, labels: Float64Array): Placements {
  const isPositive = (_: number, i: number): boolean => labels[i] === 1;
  const isNegative = (_: number, i: number): boolean => labels[i] !== 1;
  const ranks = meanRanks(scores);
  const ranksAmongPositives = meanRanks(scores.filter(isPositive));
  const ranksAmongNegatives = meanRanks(scores.filter(isNegative));
  const [m, n] = [ranksAmongPositives.length, ranksAmongNegatives.length];
  const ofPositives = ranks.filter(isPositive).map((rank, i) => (rank - (ranksAmongPositives[i] ?? 0)) / n);
  const ofNegatives = ranks
    .filter(isNegative)
    .map((rank, i) => 1 - (rank - (ranksAmongNegatives[i] ?? 0)) / m);
  return { auc: mean(ofPositives), ofPositives, ofNegatives };
}

/** Of a sample: by n − 1. */
function covariance(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = x.reduce((total, value, i) => total + (value - meanX) * ((y[i] ?? 0) - meanY), 0);
  return sum / (x.length - 1);
}

function mean(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
