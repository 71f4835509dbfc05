/**
 * Exact two-sided p of the two-sample KS test without ties: P(D ≥ distance / (n m)) for samples of n and m values.
 *
 * Sorting both samples together draws a lattice path from (0, 0) to (m, n), all equally likely without drift; D is
 * reached where the path touches |i n − j m| = distance. `outside[j]` is the share of the paths to (i, j) that did:
 * the mean of its two predecessors', weighted by how many paths come from each, so small p keep their precision.
 * O(max(n, m) · band), the band being 2 D min(n, m) wide; reciprocals are looked up, since a division would hold up
 * each step's successor. Source: Hodges (1958); SciPy's `ks_2samp` (exact).
 */
export function exactKsPValue(distance: number, n: number, m: number): number {
  if (distance === 0) return 1;
  const long = Math.max(n, m);
  const short = Math.min(n, m);
  const outside = new Float64Array(short + 1).fill(1);
  outside.fill(0, 0, Math.min(Math.ceil(distance / long), short + 1));
  const inverse = new Float64Array(long + short + 1).map((_, k) => 1 / k);
  for (let i = 1; i <= long; i++) {
    const first = Math.max(Math.floor((i * short - distance) / long) + 1, 0);
    const end = Math.min(Math.ceil((i * short + distance) / long), short + 1);
    if (end <= first) return 1;
    let left = first === 0 ? 0 : 1;
    for (let j = first; j < end; j++) {
      const share = inverse[i + j] ?? 0;
      left = (outside[j] ?? 1) * (i * share) + left * (j * share);
      outside[j] = left;
    }
  }
  return Math.min(1, outside[short] ?? 1);
}
