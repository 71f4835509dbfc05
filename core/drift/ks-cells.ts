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
  /** The distinct points, ascending. */
  readonly points: Float64Array;
  /** Reference values per cell; those of a sample are 0 in gaps. */
  readonly referenceCounts: Float64Array;
  /** Sum of their distances from the cell's point (`offsetOf`); those of a sample are 0. */
  readonly referenceOffsets: Float64Array;
  /** The cell of a value that isn't NaN; O(log d). */
  cellOf(x: number): number;
  /**
   * How far a value in this cell lies from the point below it, in cell 0 from the first point above; 0 in a point's
   * cell. An infinite value has no distance: it counts as at its point.
   */
  offsetOf(x: number, cell: number): number;
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
 * in `indices[i]`, each index once, `offsets[i]` from its point in sum.
 */
export function withReferenceCounts(
  cells: KsCells,
  indices: readonly number[],
  counts: readonly number[],
  offsets: readonly number[],
): KsCells {
  const referenceCounts = new Float64Array(cells.count);
  const referenceOffsets = new Float64Array(cells.count);
  for (const [i, cell] of indices.entries()) {
    referenceCounts[cell] = counts[i] ?? 0;
    referenceOffsets[cell] = offsets[i] ?? 0;
  }
  return {
    ...cells,
    referenceCounts,
    referenceOffsets,
    sampleSize: counts.reduce((sum, count) => sum + count, 0),
  };
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
  const offsetOf = (x: number, cell: number): number => {
    const distance = Math.abs(x - (points[Math.max(0, Math.ceil(cell / 2) - 1)] ?? x));
    return Number.isFinite(distance) ? distance : 0;
  };
  return {
    count: referenceCounts.length,
    sampleSize: sample.length,
    points,
    referenceCounts,
    referenceOffsets: new Float64Array(referenceCounts.length),
    cellOf,
    offsetOf,
  };
}
