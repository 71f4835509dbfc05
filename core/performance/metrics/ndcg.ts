import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';

/** What a ranker was asked, as columns: group g holds the rows from `starts[g]` to the next group's start. */
export interface RankedGroups {
  readonly scores: Float64Array;
  /** Relevance, 0 or more. */
  readonly labels: Float64Array;
  readonly starts: Uint32Array;
}

/**
 * Normalised discounted cumulative gain of the k best of each group, 0…1, mean over groups ± z s / √groups: did what
 * mattered stand at the top? A row at rank r (from 1) gains its label / log₂(r + 1); rows of one score share the mean of
 * their gains; the sum is divided by that of the best order. Groups in which nothing is relevant tell nothing and are
 * left out. O(n log n). Sources: Järvelin and Kekäläinen (2002); McSherry and Najork (2008) for ties; scikit-learn's
 * `ndcg_score`.
 */
export function ndcgAtK({ scores, labels, starts }: RankedGroups, k: number): Metric {
  const values: number[] = [];
  for (const [group, start] of starts.entries()) {
    const end = starts[group + 1] ?? scores.length;
    const value = ndcgOfGroup(scores.subarray(start, end), labels.subarray(start, end), k);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return unmeasured('no_leads', 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { value: mean, low: null, high: null, sampleSize: values.length };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const reach = Z_95 * Math.sqrt(variance / values.length);
  return {
    value: mean,
    low: Math.max(0, mean - reach),
    high: Math.min(1, mean + reach),
    sampleSize: values.length,
  };
}

/** Null where nothing is relevant. */
function ndcgOfGroup(scores: Float64Array, labels: Float64Array, k: number): number | null {
  const best = gainOf(labels, labels, k);
  return best > 0 ? gainOf(scores, labels, k) / best : null;
}

function gainOf(scores: Float64Array, labels: Float64Array, k: number): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let gain = 0;
  for (let start = 0; start < Math.min(k, order.length);) {
    const score = scores[order[start] ?? 0];
    let [end, sum, discount] = [start, 0, 0];
    for (; end < order.length && scores[order[end] ?? 0] === score; end++) {
      sum += labels[order[end] ?? 0] ?? 0;
      if (end < k) discount += 1 / Math.log2(end + 2);
    }
    gain += (sum / (end - start)) * discount;
    start = end;
  }
  return gain;
}
