import type { Distribution, Reference } from '../contracts/reference.ts';
import { type BinIndexOf, binIndexOf, type Input } from './binner.ts';
import { addJointSums, createUnusualness, type JointSums, NO_JOINT_SUMS } from './joint.ts';
import { createKsCells, type KsCells } from './ks-cells.ts';
import { missingBinOf } from './reference.ts';

/** Counts of one feature (or the score) in one window. */
export interface Histogram {
  /** Over B + 2 bins: ordinary, `__other__`, `__missing__`. */
  readonly counts: readonly number[];
  /** Null where the reference has no sample. */
  readonly ks: KsCounts | null;
}

/**
 * Sparse counts of KS cells: `counts[i]` values fell into `cells[i]`, `offsets[i]` from its point in sum (`offsetOf`).
 * Ascending, each cell once.
 */
export interface KsCounts {
  readonly cells: readonly number[];
  readonly counts: readonly number[];
  readonly offsets: readonly number[];
}

/** All that the tests of one window need. Additive: a day's is the sum of its hours'. */
export interface WindowHistogram {
  /** In the reference's feature order. */
  readonly features: readonly Histogram[];
  readonly score: Histogram;
  /** Band name to count. */
  readonly bands: Readonly<Record<string, number>>;
  /** Absent where the reference doesn't say how features go together. */
  readonly joint?: JointSums;
}

/** Collects one window's rows; a row costs no allocation. */
export interface HistogramBuilder {
  /**
   * Counts one scored lead: `inputs` and `bins` as in `LeadScored`; empty `inputs` (left out by policy) count for
   * bins only. False, and nothing counted, where `bins` don't fit the reference: another model's row.
   */
  add(inputs: readonly Input[], bins: readonly number[], score: number, band: string): boolean;
  build(): WindowHistogram;
}

/** What makes histograms against one reference; its bins and KS cells are prepared once. */
export interface Histograms {
  /** All counts at zero. */
  builder(): HistogramBuilder;
  /** All these windows' rows together: how larger windows are made from base windows. */
  sum(windows: readonly WindowHistogram[]): WindowHistogram;
}

/** Prepares a reference for counting. */
export function createHistograms(reference: Reference): Histograms {
  const features = reference.features.map(createCounting);
  const score = createCounting(reference.score);
  const bandNames = Object.keys(reference.bands);
  const unusualness = reference.joint && createUnusualness(reference.joint);
  return {
    builder: () =>
      createBuilder(features.map(createCounter), createCounter(score), score.binOf, bandNames, unusualness),
    sum: (windows) => ({
      features: features.map((counting, i) =>
        sumOf(
          counting,
          windows.map((window) => window.features[i]),
        ),
      ),
      score: sumOf(
        score,
        windows.map((window) => window.score),
      ),
      bands: sumBands(bandNames, windows),
      ...(unusualness && { joint: sumJoint(windows) }),
    }),
  };
}

function createBuilder(
  features: readonly Counter[],
  score: Counter,
  scoreBinOf: BinIndexOf,
  bandNames: readonly string[],
  unusualness: ((bins: readonly number[]) => number) | undefined,
): HistogramBuilder {
  let joint = NO_JOINT_SUMS;
  const bands = new Map<string, number>(bandNames.map((band) => [band, 0]));
  return {
    add(inputs, bins, value, band) {
      if (bins.length !== features.length) return false;
      if (!features.every((counter, i) => counter.fits(bins[i] ?? -1))) return false;
      for (const [i, counter] of features.entries()) counter.count(bins[i] ?? -1, inputs[i] ?? null);
      score.count(scoreBinOf(value), value);
      bands.set(band, (bands.get(band) ?? 0) + 1);
      const unusual = unusualness?.(bins) ?? 0;
      joint = addJointSums(joint, { count: 1, sum: unusual, squares: unusual ** 2 });
      return true;
    },
    build: () => ({
      features: features.map((counter) => counter.build()),
      score: score.build(),
      bands: Object.fromEntries(bands),
      ...(unusualness && { joint }),
    }),
  };
}

function sumJoint(windows: readonly WindowHistogram[]): JointSums {
  return windows.reduce((sums, { joint }) => addJointSums(sums, joint ?? NO_JOINT_SUMS), NO_JOINT_SUMS);
}

function sumBands(names: readonly string[], windows: readonly WindowHistogram[]): Record<string, number> {
  const bands = new Map<string, number>(names.map((band) => [band, 0]));
  for (const window of windows) {
    for (const [band, count] of Object.entries(window.bands)) bands.set(band, (bands.get(band) ?? 0) + count);
  }
  return Object.fromEntries(bands);
}

/** What counting one distribution needs. */
interface Counting {
  readonly binOf: BinIndexOf;
  readonly bins: number;
  readonly cells: KsCells | null;
}

function createCounting(distribution: Distribution): Counting {
  return {
    binOf: binIndexOf(distribution),
    bins: missingBinOf(distribution) + 1,
    cells: distribution.sample?.length ? createKsCells(distribution.sample) : null,
  };
}

function sumOf(counting: Counting, parts: readonly (Histogram | undefined)[]): Histogram {
  const counter = createCounter(counting);
  for (const part of parts) if (part !== undefined) counter.addCounts(part);
  return counter.build();
}

interface Counter {
  fits(bin: number): boolean;
  count(bin: number, value: Input): void;
  addCounts(part: Histogram): void;
  build(): Histogram;
}

function createCounter({ bins, cells }: Counting): Counter {
  const counts = new Float64Array(bins);
  const cellCounts = new Float64Array(cells?.count ?? 0);
  const cellOffsets = new Float64Array(cells?.count ?? 0);
  return {
    fits: (bin) => Number.isInteger(bin) && bin >= 0 && bin < counts.length,
    count(bin, value) {
      counts[bin] = (counts[bin] ?? 0) + 1;
      if (cells !== null && typeof value === 'number' && !Number.isNaN(value)) {
        const cell = cells.cellOf(value);
        cellCounts[cell] = (cellCounts[cell] ?? 0) + 1;
        cellOffsets[cell] = (cellOffsets[cell] ?? 0) + cells.offsetOf(value, cell);
      }
    },
    addCounts(part) {
      for (const [bin, count] of part.counts.entries()) counts[bin] = (counts[bin] ?? 0) + count;
      if (part.ks === null) return;
      // By index: a week adds up a hundred thousand cells.
      for (let i = 0; i < part.ks.cells.length; i++) {
        const cell = part.ks.cells[i] ?? 0;
        cellCounts[cell] = (cellCounts[cell] ?? 0) + (part.ks.counts[i] ?? 0);
        cellOffsets[cell] = (cellOffsets[cell] ?? 0) + (part.ks.offsets[i] ?? 0);
      }
    },
    build: () => ({
      counts: Array.from(counts),
      ks: cells === null ? null : sparse(cellCounts, cellOffsets),
    }),
  };
}

function sparse(dense: Float64Array, denseOffsets: Float64Array): KsCounts {
  const cells: number[] = [];
  const counts: number[] = [];
  const offsets: number[] = [];
  for (const [cell, count] of dense.entries()) {
    if (count === 0) continue;
    cells.push(cell);
    counts.push(count);
    offsets.push(denseOffsets[cell] ?? 0);
  }
  return { cells, counts, offsets };
}
