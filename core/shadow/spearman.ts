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

/** Ranks from 1, equal values sharing the mean of theirs. */
function meanRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    const value = values[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
