/**
 * Share of production's k best leads that are also among the candidate's k best, 0…1: would sales call the same
 * people? Of equal scores the earlier lead comes first. With fewer than k leads all of them are the best; null
 * without leads or with k below 1. O(n log n).
 */
export function topOverlap(production: Float64Array, candidate: Float64Array, k: number): number | null {
  const size = Math.min(k, production.length);
  if (size < 1) return null;
  const best = new Set(bestOf(production, size));
  return bestOf(candidate, size).filter((lead) => best.has(lead)).length / size;
}

function bestOf(scores: Float64Array, size: number): number[] {
  const order = Array.from(scores.keys());
  return order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, size);
}
