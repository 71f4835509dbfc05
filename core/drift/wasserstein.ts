import type { Distribution } from '../contracts/reference.ts';
import type { KsCounts } from './histogram.ts';
import type { KsCells } from './ks-cells.ts';

/**
 * Wasserstein-1 distance of a window from a reference sample, in the feature's own unit: the area between the two
 * distribution functions, which is how far values have to be moved on average to turn one into the other.
 *
 * From counts per cell and, in the gaps between sample points, the sum of distances to the point below. Both add up,
 * so a day's distance comes from its hours. In a gap F_ref is flat, so the area there is |∫(F_cur − F_ref)|, which
 * the sum gives exactly, unless F_cur crosses F_ref inside that very gap: there the area is short of the raw values'
 * by at most half the gap's width times the share of the window in it. Put differently, it is exactly the distance
 * of the window with each value between two sample points shared out to both, mean kept; values that are sample
 * points, below them all or above them all are taken as they are. Where the reference is one of earlier windows, whose
 * values are known by their cells too, the same holds of both, and beyond the points of their mean distance.
 *
 * An empty window: 0. ≥ 0, 0 at identity. O(cells). Source: Vallender (1974); SciPy's `wasserstein_distance`.
 */
export function wassersteinFromCells(cells: KsCells, window: KsCounts): number {
  const counts = new Float64Array(cells.count);
  const offsets = new Float64Array(cells.count);
  let n = 0;
  // By index, here and below: twenty features of a thousand points in each window.
  for (let i = 0; i < window.cells.length; i++) {
    const cell = window.cells[i] ?? 0;
    const count = window.counts[i] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + count;
    offsets[cell] = (offsets[cell] ?? 0) + (window.offsets[i] ?? 0);
    n += count;
  }
  const { points, referenceCounts, referenceOffsets, sampleSize: m } = cells;
  if (n === 0 || m === 0) return 0;
  let area = Math.abs((offsets[0] ?? 0) / n - (referenceOffsets[0] ?? 0) / m);
  let below = counts[0] ?? 0;
  let referenceBelow = referenceCounts[0] ?? 0;
  for (let i = 0; i < points.length; i++) {
    const point = points[i] ?? 0;
    const gap = 2 * i + 2;
    below += (counts[gap - 1] ?? 0) + (counts[gap] ?? 0);
    referenceBelow += (referenceCounts[gap - 1] ?? 0) + (referenceCounts[gap] ?? 0);
    // Above the last point both functions end at 1: what is left is how far the values lie beyond it.
    const width = (points[i + 1] ?? point) - point;
    const filled = (below * width - (offsets[gap] ?? 0)) / n;
    area += Math.abs(filled - (referenceBelow * width - (referenceOffsets[gap] ?? 0)) / m);
  }
  return area;
}

/** The same of two histograms over the same points, in any order: exact. 0 where either is empty. O(B log B). */
export function wassersteinOfCounts(
  points: readonly number[],
  current: readonly number[],
  reference: readonly number[],
): number {
  const n = sum(current, points.length);
  const m = sum(reference, points.length);
  if (n === 0 || m === 0) return 0;
  const ascending = [...points.keys()].sort((a, b) => (points[a] ?? 0) - (points[b] ?? 0));
  let area = 0;
  let below = 0;
  for (const [rank, i] of ascending.entries()) {
    below += (current[i] ?? 0) / n - (reference[i] ?? 0) / m;
    const next = ascending[rank + 1];
    if (next !== undefined) area += Math.abs(below) * ((points[next] ?? 0) - (points[i] ?? 0));
  }
  return area;
}

/**
 * The reference's standard deviation, by which distances are divided: the package's, else that of its sample or of
 * its values. 0 for a constant, and for levels, which have no distances.
 */
export function spreadOf({ std, sample, bins, counts }: Distribution): number {
  if (std !== undefined) return std;
  if (sample !== undefined && sample.length > 0) {
    return deviation(
      sample,
      sample.map(() => 1),
    );
  }
  return bins.type === 'values' ? deviation(bins.values, counts) : 0;
}

function deviation(values: readonly number[], weights: readonly number[]): number {
  const total = sum(weights, values.length);
  if (total === 0) return 0;
  const mean = values.reduce((all, value, i) => all + value * (weights[i] ?? 0), 0) / total;
  const squares = values.reduce((all, value, i) => all + (value - mean) ** 2 * (weights[i] ?? 0), 0);
  return Math.sqrt(squares / total);
}

function sum(counts: readonly number[], end: number): number {
  return counts.slice(0, end).reduce((total, count) => total + count, 0);
}
