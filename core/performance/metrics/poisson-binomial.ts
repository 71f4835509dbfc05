import type { ScoreCells } from '../score-cells.ts';

/**
 * P(X ≤ k) of the number X of conversions among leads that convert independently, each with its score as probability
 * (scores outside 0…1 count as the nearer of them). By convolving lead after lead, states above k left out.
 * O(leads · k): for small k. Source: Barlow and Heidtmann (1984); SciPy's `poisson_binom`.
 */
export function poissonBinomialCdf({ scores, counts }: ScoreCells, k: number): number {
  const limit = Math.floor(k);
  if (limit < 0) return 0;
  const probability = new Float64Array(limit + 1);
  probability[0] = 1;
  let highest = 0;
  for (const [i, score] of scores.entries()) {
    const p = Math.min(1, Math.max(0, score));
    for (let lead = counts[i] ?? 0; lead > 0; lead--) {
      highest = Math.min(limit, highest + 1);
      for (let x = highest; x > 0; x--) {
        probability[x] = (probability[x] ?? 0) * (1 - p) + (probability[x - 1] ?? 0) * p;
      }
      probability[0] = (probability[0] ?? 0) * (1 - p);
    }
  }
  return Math.min(
    1,
    probability.reduce((sum, value) => sum + value, 0),
  );
}
