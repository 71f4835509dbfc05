import { meanRanks } from './ranks.ts';

/**
 * Spearman's rank correlation of paired values, −1…1: do both models put the leads in one order? Pearson's r of the
 * ranks, tied values sharing their mean rank. Null where there is no order to compare: fewer than two pairs, or one
 * side constant. Unchanged by any rising transformation of either side; not additive over windows. O(n log n).
 * Source: Spearman (1904); SciPy's `spearmanr`.
 */
export function spearman(x: Float64Array, y: Float64Array): number | null {
  const xRanks = meanRanks(x);
  const yRanks = meanRanks(y);
  const middle = (x.length + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (const [i, rank] of xRanks.entries()) {
    const dx = rank - middle;
    const dy = (yRanks[i] ?? middle) - middle;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}
