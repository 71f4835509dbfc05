import { countBelow } from './binner.ts';

/**
 * The line cut at the reference sample's distinct points r₁ < … < r_d into 2d + 1 cells: cell 2i − 1 is the point
 * {rᵢ} itself, even cells are the open gaps: below r₁ (0), between neighbours, above r_d (2d). Counts per cell add
 * up over windows, and an exact two-sample D can be had from them (`ksFromCells`).
 */
export interface KsCells {
  /** Number of cells, 2d + 1. */
  readonly count: number;
  readonly sampleSize: number;
  /** Reference values per cell; those of a sample are 0 in gaps. */
  readonly referenceCounts: Float64Array;
  /** The cell of a value that isn't NaN; O(log d). */
  cellOf(x: number): number;
}

/** A reference's samples are frozen and asked for in each window. */
const cellsBySample = new WeakMap<readonly number[], KsCells>();

/**
 * The cells of a reference sample, in any order, ties allowed; it must not hold NaN, nor change afterwards: the same
 * array gives the same cells, made once.
 */
export function createKsCells(sample: readonly number[]): KsCells {
  const known = cellsBySample.get(sample);
  if (known !== undefined) return known;
  const cells = cutAt(sample);
  cellsBySample.set(sample, cells);
  return cells;
}

/**
 * The same cells with other values in the reference's place, which are known by their cells alone: `counts[i]` of them
 * in `indices[i]`, each index once.
 */
export function withReferenceCounts(
  cells: KsCells,
  indices: readonly number[],
  counts: readonly number[],
): KsCells {
  const referenceCounts = new Float64Array(cells.count);
  for (const [i, cell] of indices.entries()) referenceCounts[cell] = counts[i] ?? 0;
  return { ...cells, referenceCounts, sampleSize: counts.reduce((sum, count) => sum + count, 0) };
}

function cutAt(sample: readonly number[]): KsCells {
  const points = Float64Array.from(new Set(sample)).sort();
  const referenceCounts = new Float64Array(2 * points.length + 1);
  const cellOf = (x: number): number => {
    const below = countBelow(points, x);
    return points[below] === x ? 2 * below + 1 : 2 * below;
  };
  for (const x of sample) {
    const cell = cellOf(x);
    referenceCounts[cell] = (referenceCounts[cell] ?? 0) + 1;
  }
  return { count: referenceCounts.length, sampleSize: sample.length, referenceCounts, cellOf };
}
