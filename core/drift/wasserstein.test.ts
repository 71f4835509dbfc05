import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KsCounts } from './histogram.ts';
import { createKsCells, withReferenceCounts } from './ks-cells.ts';
import { levelReference, numericReference } from './testing/reference.ts';
import { sampleOf } from './testing/sample-recipe.ts';
import countVectors from './vectors/wasserstein-counts.json' with { type: 'json' };
import vectors from './vectors/wasserstein.json' with { type: 'json' };
import { spreadOf, wassersteinFromCells, wassersteinOfCounts } from './wasserstein.ts';

/** One cell entry per value: cells that come twice add up. */
function distance(current: readonly number[], reference: readonly number[]): number {
  const cells = createKsCells(reference);
  const indices = current.map((x) => cells.cellOf(x));
  return wassersteinFromCells(cells, {
    cells: indices,
    counts: indices.map(() => 1),
    offsets: current.map((x, i) => cells.offsetOf(x, indices[i]!)),
  });
}

/** Distance by its definition: the mean difference of the sorted values. */
function naiveDistance(current: readonly number[], reference: readonly number[]): number {
  const times = (values: readonly number[], n: number) =>
    values.flatMap((x) => Array.from({ length: n }, () => x)).sort((a, b) => a - b);
  const [a, b] = [times(current, reference.length), times(reference, current.length)];
  return a.reduce((sum, x, i) => sum + Math.abs(x - b[i]!), 0) / a.length;
}

/** The widest that values in gaps which both distribution functions cross can make a difference. */
function widestDoubt(current: readonly number[], reference: readonly number[]): number {
  const points = [...new Set(reference)].sort((a, b) => a - b);
  return points.slice(1).reduce((doubt, high, i) => {
    const low = points[i]!;
    const inside = current.filter((x) => x > low && x < high).length;
    return doubt + ((inside / current.length) * (high - low)) / 2;
  }, 0);
}

const onPoints = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 12 });
const anywhere = fc.array(
  fc.integer({ min: -60, max: 60 }).map((tenths) => tenths / 10),
  {
    minLength: 1,
    maxLength: 12,
  },
);

describe('wassersteinFromCells', () => {
  it.each(vectors)(
    'agrees with wasserstein_distance: $current.size + $current.shift against $reference.size',
    (vector) => {
      const [current, reference] = [sampleOf(vector.current), sampleOf(vector.reference)];
      expect(Math.abs(distance(current, reference) - vector.value)).toBeLessThan(1e-9);
      expect(vector.raw - vector.value).toBeGreaterThan(-1e-9);
      expect(vector.raw - vector.value).toBeLessThanOrEqual(widestDoubt(current, reference) + 1e-9);
    },
  );

  it('is that of the raw values, up to half of each gap that both functions cross', () => {
    fc.assert(
      fc.property(anywhere, onPoints, (current, reference) => {
        const short = naiveDistance(current, reference) - distance(current, reference);
        expect(short).toBeGreaterThan(-1e-9);
        expect(short).toBeLessThanOrEqual(widestDoubt(current, reference) + 1e-9);
      }),
    );
  });

  it('is exactly that where values are points of the sample, or lie beyond it', () => {
    fc.assert(
      fc.property(onPoints, onPoints, (current, some) => {
        const reference = [...some, ...current, -6, 6];
        const beyond = [...current, 9.5, -17.25];
        expect(distance(beyond, reference)).toBeCloseTo(naiveDistance(beyond, reference), 9);
      }),
    );
  });

  it('is 0 at identity, symmetric on shared points, and the length of a shift', () => {
    fc.assert(
      fc.property(onPoints, fc.integer({ min: -30, max: 30 }), (values, by) => {
        expect(distance(values, values)).toBe(0);
        const moved = values.map((x) => x + by);
        const all = [...values, ...moved];
        expect(distance(values, all)).toBeCloseTo(distance(moved, all), 9);
        const away = 30 + Math.abs(by);
        const gone = values.map((x) => x - away);
        expect(distance(gone, values)).toBeCloseTo(away, 9);
      }),
    );
  });

  it('is never NaN: of an empty window 0, and what is infinite has no distance', () => {
    expect(distance([], [1, 2])).toBe(0);
    expect(distance([Infinity, -Infinity, Infinity], [1, 3])).toBeCloseTo(1 / 3, 12);
    expect(distance([4], [4, 4, 4])).toBe(0);
  });
});

describe('wassersteinOfCounts', () => {
  it.each(countVectors)('agrees with wasserstein_distance: $current', (vector) => {
    const { points, current, reference } = vector;
    expect(wassersteinOfCounts(points, current, reference)).toBeCloseTo(vector.value, 9);
    expect(
      wassersteinOfCounts(points.toReversed(), current.toReversed(), reference.toReversed()),
    ).toBeCloseTo(vector.value, 9);
  });

  it('is 0 where there is nothing to compare, and blind to what is no point', () => {
    expect(wassersteinOfCounts([1, 2], [0, 0], [3, 4])).toBe(0);
    expect(wassersteinOfCounts([1, 2], [3, 4], [0, 0])).toBe(0);
    expect(wassersteinOfCounts([1, 2], [3, 3, 900, 900], [5, 5])).toBe(0);
    expect(wassersteinOfCounts([5], [3], [7])).toBe(0);
  });
});

describe('spreadOf', () => {
  it.each(countVectors)('is the deviation of values and counts', ({ points, reference, std }) => {
    const distribution = levelReference('x', {});
    const byValue = { ...distribution, bins: { type: 'values', values: points }, counts: reference } as const;
    expect(spreadOf(byValue)).toBeCloseTo(std, 9);
  });

  it('is the package’s where it says one, the sample’s where not, and none of levels and constants', () => {
    const numeric = numericReference('x', [1, 3]);
    expect(spreadOf(numeric)).toBe(1);
    expect(spreadOf({ ...numeric, std: 7 })).toBe(7);
    expect(spreadOf(levelReference('job', { admin: 3, retired: 5 }))).toBe(0);
    expect(spreadOf(numericReference('x', [4, 4]))).toBe(0);
  });
});

describe('beside earlier windows', () => {
  it('is the distance of both with their values shared out: 0 to themselves, symmetric, never above the raw', () => {
    fc.assert(
      fc.property(anywhere, anywhere, onPoints, (current, earlier, sample) => {
        const cells = createKsCells([...sample, -6, 6]);
        const summed = (values: readonly number[]) => {
          const counts = Array.from({ length: cells.count }, () => 0);
          const offsets = [...counts];
          for (const x of values) {
            counts[cells.cellOf(x)]!++;
            offsets[cells.cellOf(x)]! += cells.offsetOf(x, cells.cellOf(x));
          }
          return { cells: [...counts.keys()], counts, offsets };
        };
        const [a, b] = [summed(current), summed(earlier)];
        const between = (x: KsCounts, y: KsCounts) =>
          wassersteinFromCells(withReferenceCounts(cells, y.cells, y.counts, y.offsets), x);
        expect(between(a, a)).toBe(0);
        expect(between(a, b)).toBeCloseTo(between(b, a), 9);
        expect(between(a, b)).toBeLessThanOrEqual(naiveDistance(current, earlier) + 1e-9);
      }),
    );
  });
});
