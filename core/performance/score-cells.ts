/**
 * Leads of a cohort folded by score: entry i of each column is one distinct score, ascending. Every metric of a
 * classifier is a pass over them, so a cohort costs what it has distinct scores, not leads. `positives` may be
 * fractional: of leads without a label yet, so many are expected (`expectedCells`).
 */
export interface ScoreCells {
  readonly scores: Float64Array;
  /** Leads with the score. */
  readonly counts: Float64Array;
  /** Of them, leads that converted. */
  readonly positives: Float64Array;
}

/** Makes cells of columns in any order; entries of one score are added up. O(n log n). */
export function foldScores(scores: Float64Array, counts: Float64Array, positives: Float64Array): ScoreCells {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const folded = {
    scores: new Float64Array(order.length),
    counts: new Float64Array(order.length),
    positives: new Float64Array(order.length),
  };
  let cell = -1;
  for (const i of order) {
    const score = scores[i] ?? 0;
    if (cell < 0 || folded.scores[cell] !== score) folded.scores[++cell] = score;
    folded.counts[cell] = (folded.counts[cell] ?? 0) + (counts[i] ?? 0);
    folded.positives[cell] = (folded.positives[cell] ?? 0) + (positives[i] ?? 0);
  }
  const used = (column: Float64Array): Float64Array => column.subarray(0, cell + 1);
  return { scores: used(folded.scores), counts: used(folded.counts), positives: used(folded.positives) };
}

/** Cells of single leads, entry i being one; a label above 0 is a conversion. */
export function foldLeads(scores: Float64Array, labels: Float64Array): ScoreCells {
  return foldScores(
    scores,
    new Float64Array(scores.length).fill(1),
    labels.map((label) => Number(label > 0)),
  );
}

/** The same leads with as many conversions as calibrated scores in [0, 1] expect. */
export function expectedCells({ scores, counts }: ScoreCells): ScoreCells {
  return { scores, counts, positives: counts.map((count, i) => count * (scores[i] ?? 0)) };
}

/** What adds up of a cohort. */
export interface CellTotals {
  readonly leads: number;
  readonly positives: number;
  /** Sum of the scores: conversions that calibrated scores expect. */
  readonly expected: number;
}

/** O(cells). */
export function totalsOf({ scores, counts, positives }: ScoreCells): CellTotals {
  const total = { leads: 0, positives: 0, expected: 0 };
  for (const [i, count] of counts.entries()) {
    total.leads += count;
    total.positives += positives[i] ?? 0;
    total.expected += count * (scores[i] ?? 0);
  }
  return total;
}

/** Conversions among the `size` best-scored leads; leads tied at the border count by the part of them that fits. */
export function positivesOfTop({ counts, positives }: ScoreCells, size: number): number {
  let left = size;
  let found = 0;
  for (let i = counts.length - 1; i >= 0 && left > 0; i--) {
    const count = counts[i] ?? 0;
    found += (positives[i] ?? 0) * Math.min(1, left / count);
    left -= count;
  }
  return found;
}
