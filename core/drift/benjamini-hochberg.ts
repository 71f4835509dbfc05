/**
 * Benjamini and Hochberg's adjusted p values, in the order given: with m tests, the i-th smallest p becomes the
 * smallest of m·p₍ⱼ₎/j over j ≥ i, at most 1. Calling "drifted" what is at or below α keeps the expected share of
 * false calls among all calls at or below α. One test is left as it is. O(m log m).
 * Source: Benjamini, Hochberg (1995); the same as SciPy's `false_discovery_control`.
 */
export function adjustPValues(pValues: readonly number[]): readonly number[] {
  const bySize = pValues.map((_, i) => i).sort((a, b) => (pValues[b] ?? 0) - (pValues[a] ?? 0));
  const adjusted: number[] = Array.from(pValues, () => 1);
  let smallest = 1;
  for (const [fromLargest, i] of bySize.entries()) {
    const rank = pValues.length - fromLargest;
    smallest = Math.min(smallest, (pValues[i] ?? 1) * (pValues.length / rank));
    adjusted[i] = smallest;
  }
  return adjusted;
}
