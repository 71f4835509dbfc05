import type { Distribution, Reference } from '../../contracts/reference.ts';
import { binIndexOf } from '../binner.ts';
import type { Histogram, WindowHistogram } from '../histogram.ts';
import { createKsCells } from '../ks-cells.ts';
import { missingBinOf } from '../reference.ts';
import { normalSf } from '../special/normal.ts';
import { type AliasTable, createAliasTable } from './alias-table.ts';
import { createJointPool } from './joint-pool.ts';
import type { Random } from './random.ts';
import { bandOf, levelWeights, numberLaw, type NumberLaw, scoreMean } from './world.ts';

/**
 * Draws histograms of windows of so many leads (ascending) of the undrifted world at one phase of its cycles. Each
 * window has the leads of those before it too, so that windows of several sizes cost what the largest does.
 */
export type WindowCounter = (
  sizes: readonly number[],
  phase: number,
  random: Random,
) => readonly WindowHistogram[];

/** Categories that are drawn at once, as one of all combinations of their levels. */
const DRAWN_TOGETHER = 4;

/**
 * Counts without leads: a value costs one uniform and two look-ups. Numbers are drawn apart from each other, which
 * leaves each histogram's law what it is.
 */
export function createWindowCounter(reference: Reference): WindowCounter {
  const numbers = reference.features.filter(({ bins }) => bins.type === 'edges');
  const levels = reference.features.slice(numbers.length);
  const numberCounters = numbers.map((distribution, i) =>
    createLineCounter(distribution, (phase) => numberLaw(i, phase)),
  );
  const levelCounters = Array.from({ length: levels.length / DRAWN_TOGETHER }, (_, group) =>
    createLevelsCounter(levels, group * DRAWN_TOGETHER),
  );
  const score = createLineCounter(reference.score, (phase) => ({
    mean: scoreMean(phase),
    skewed: false,
    missing: 0,
  }));
  const startJoint = createJointPool(reference);
  const bandOfPiece = score.middles.map(bandOf);
  const countBands = (pieces: Float64Array): Record<string, number> => {
    const bands = Object.fromEntries(Object.keys(reference.bands).map((band) => [band, 0]));
    for (const [piece, band] of bandOfPiece.entries())
      bands[band] = (bands[band] ?? 0) + (pieces[piece] ?? 0);
    return bands;
  };
  return (sizes, phase, random) => {
    const drawNumbers = numberCounters.map((counter) => counter.startWindow(phase, random));
    const drawLevels = levelCounters.map((startWindow) => startWindow(phase, random));
    const drawScore = score.startWindow(phase, random);
    const drawJoint = startJoint?.(phase, random);
    return sizes.map((size, i) => {
      const rows = size - (sizes[i - 1] ?? 0);
      const numbers = drawNumbers.map((draw, feature) => numberCounters[feature]?.toHistogram(draw(rows)));
      const features = [
        ...numbers.filter((histogram) => histogram !== undefined),
        ...drawLevels.flatMap((draw) => draw(rows)),
      ];
      const pieces = drawScore(rows);
      return {
        features,
        score: score.toHistogram(pieces),
        bands: countBands(pieces),
        ...(drawJoint && { joint: drawJoint(rows) }),
      };
    });
  };
}

/** Draws so many more values of a window; all drawn so far. */
type Draw<Drawn> = (rows: number) => Drawn;

/** Histograms of `DRAWN_TOGETHER` categories from the `first` on. */
function createLevelsCounter(
  all: readonly Distribution[],
  first: number,
): (phase: number, random: Random) => Draw<readonly Histogram[]> {
  const members = all.slice(first, first + DRAWN_TOGETHER);
  const tables = memoize((phase) => {
    const weights = members.map((_, i) => levelWeights(first + i, phase));
    const combine = (done: readonly number[], next: readonly number[]): readonly number[] =>
      done.flatMap((weight) => next.map((more) => weight * more));
    return createAliasTable(Float64Array.from(weights.reduce(combine, [1])));
  });
  const combinations = members.reduce((product, { counts }) => product * counts.length, 1);
  return (phase, random) => {
    const drawMore = startDrawing(combinations, tables(phase), random);
    return (rows) => countLevels(members, drawMore(rows));
  };
}

/** Each category's counts from those of all combinations, the last category's levels changing first. */
function countLevels(members: readonly Distribution[], combinations: Float64Array): readonly Histogram[] {
  const histograms = members.map((distribution) => ({
    counts: Array.from({ length: missingBinOf(distribution) + 1 }, () => 0),
    ks: null,
  }));
  for (const [combination, count] of combinations.entries()) {
    if (count === 0) continue;
    let rest = combination;
    for (let i = members.length - 1; i >= 0; i--) {
      const size = members[i]?.counts.length ?? 1;
      const counts = histograms[i]?.counts ?? [];
      counts[rest % size] = (counts[rest % size] ?? 0) + count;
      rest = Math.floor(rest / size);
    }
  }
  return histograms;
}

/** The line cut wherever a bin, a KS cell or a band ends. */
interface LineCounter {
  /** A value inside each piece. */
  readonly middles: readonly number[];
  /** Counts over the pieces, and missing as one more. */
  startWindow(phase: number, random: Random): Draw<Float64Array>;
  toHistogram(pieces: Float64Array): Histogram;
}

function createLineCounter(distribution: Distribution, lawAt: (phase: number) => NumberLaw): LineCounter {
  const { bins, sample = [] } = distribution;
  const edges = bins.type === 'edges' ? bins.edges : [];
  const bandEdges = distribution.name === 'score' ? [0, 1] : [];
  const ends = Float64Array.from(new Set([...sample, ...edges, ...bandEdges])).sort();
  const lastEnd = ends.at(-1) ?? 0;
  const middles = Array.from({ length: ends.length + 1 }, (_, i) => {
    const low = ends[i - 1] ?? (ends[0] ?? 0) - 2;
    return (low + (ends[i] ?? lastEnd + 2)) / 2;
  });
  const binOfPiece = middles.map(binIndexOf(distribution));
  const ksCells = createKsCells(sample);
  const cellOfPiece = middles.map(ksCells.cellOf);
  const offsetOfPiece = middles.map((middle, piece) => ksCells.offsetOf(middle, cellOfPiece[piece] ?? 0));
  const tables = memoize((phase) => {
    const { mean, skewed, missing } = lawAt(phase);
    const below = (x: number): number => normalSf(mean - (skewed ? Math.log(x) : x));
    const cumulative = [...Array.from(ends, below), 1];
    const shares = cumulative.map((p, i) => (1 - missing) * (p - (cumulative[i - 1] ?? 0)));
    return createAliasTable(Float64Array.from([...shares, missing]));
  });
  return {
    middles,
    startWindow: (phase, random) => startDrawing(middles.length + 1, tables(phase), random),
    toHistogram(pieces) {
      const counts = Array.from({ length: missingBinOf(distribution) + 1 }, () => 0);
      counts[missingBinOf(distribution)] = pieces[middles.length] ?? 0;
      const cells: number[] = [];
      const cellCounts: number[] = [];
      const offsets: number[] = [];
      for (let piece = 0; piece < middles.length; piece++) {
        const count = pieces[piece] ?? 0;
        if (count === 0) continue;
        const bin = binOfPiece[piece] ?? 0;
        counts[bin] = (counts[bin] ?? 0) + count;
        const cell = cellOfPiece[piece] ?? 0;
        const offset = count * (offsetOfPiece[piece] ?? 0);
        if (cells.at(-1) === cell) {
          cellCounts.push((cellCounts.pop() ?? 0) + count);
          offsets.push((offsets.pop() ?? 0) + offset);
        } else {
          cells.push(cell);
          cellCounts.push(count);
          offsets.push(offset);
        }
      }
      return { counts, ks: { cells, counts: cellCounts, offsets } };
    },
  };
}

function startDrawing(size: number, table: AliasTable, random: Random): Draw<Float64Array> {
  const pieces = new Float64Array(size);
  return (rows) => {
    table(rows, random, pieces);
    return pieces;
  };
}

function memoize<T>(make: (phase: number) => T): (phase: number) => T {
  const known = new Map<number, T>();
  return (phase) => {
    const value = known.get(phase) ?? make(phase);
    known.set(phase, value);
    return value;
  };
}
