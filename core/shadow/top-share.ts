/** Leads by score, best first, with the runs of equal scores. */
export interface Ranking {
  readonly order: Uint32Array;
  /** Where each run of equal scores ends in `order`. */
  readonly runEnds: Uint32Array;
}

/** O(n log n), done once; each sum over it is linear. */
export function rankBestFirst(scores: Float64Array): Ranking {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const runEnds: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const isLast = i + 1 === order.length || scores[order[i + 1] ?? 0] !== scores[order[i] ?? 0];
    if (isLast) runEnds.push(i + 1);
  }
  return { order, runEnds: Uint32Array.from(runEnds) };
}

/**
 * Sum of `values` over the best `share` of the leads (0…1), lead i counted `weights[i]` times. Leads whose score is
 * tied at the border count by the part of them that fits: what a random choice among them would give on average.
 */
export function sumOfTop(
  { order, runEnds }: Ranking,
  values: Float64Array,
  weights: Uint32Array | Float64Array,
  share: number,
): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let left = share * total;
  let sum = 0;
  let start = 0;
  for (const end of runEnds) {
    let runWeight = 0;
    let runSum = 0;
    for (let i = start; i < end; i++) {
      const lead = order[i] ?? 0;
      const weight = weights[lead] ?? 0;
      runWeight += weight;
      runSum += weight * (values[lead] ?? 0);
    }
    if (runWeight >= left) return runWeight === 0 ? sum : sum + (runSum * left) / runWeight;
    sum += runSum;
    left -= runWeight;
    start = end;
  }
  return sum;
}
