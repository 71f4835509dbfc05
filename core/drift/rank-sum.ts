import { normalSf } from './special/normal.ts';

/** A rank sum test of two histograms. */
export interface RankSum {
  /** How far the first lies above the second, in standard errors; 0 where either is empty or all share a bin. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Whether one sample's values lie above the other's: Wilcoxon's rank sum test of histograms over the same bins in
 * ascending order, values of a bin being tied. Nearly as sharp as a test of means for a shift, and no outlier or long
 * tail can move it. Normal approximation with mid-ranks and correction for ties. O(B).
 * Source: Wilcoxon (1945), Mann and Whitney (1947); SciPy's `mannwhitneyu(use_continuity=False)`.
 */
export function rankSum(current: readonly number[], reference: readonly number[]): RankSum {
  let [n, m, below, ranks, ties] = [0, 0, 0, 0, 0];
  for (let bin = 0; bin < reference.length; bin++) {
    const ours = current[bin] ?? 0;
    const theirs = reference[bin] ?? 0;
    const tied = ours + theirs;
    ranks += ours * (below + (tied + 1) / 2);
    ties += tied ** 3 - tied;
    below += tied;
    n += ours;
    m += theirs;
  }
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return { z: 0, pValue: 1 };
  const z = (ranks - (n * (all + 1)) / 2) / Math.sqrt(variance);
  return { z, pValue: Math.min(1, 2 * normalSf(Math.abs(z))) };
}
