import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKsCells, type KsCells } from './ks-cells.ts';
import { ksCriticalValue, ksFromCells, ksPValue } from './ks.ts';
import { sampleOf } from './testing/sample-recipe.ts';
import vectors from './vectors/ks.json' with { type: 'json' };

const count = (cells: KsCells, values: readonly number[]) => {
  const indices = values.map((value) => cells.cellOf(value));
  return ksFromCells(
    cells,
    indices,
    indices.map(() => 1),
  );
};

/** D by its definition: both distribution functions at every value of either sample. */
function naiveDistance(current: readonly number[], reference: readonly number[]): number {
  const shareUpTo = (values: readonly number[], x: number) =>
    values.filter((v) => v <= x).length / values.length;
  return Math.max(
    ...[...current, ...reference].map((x) => Math.abs(shareUpTo(current, x) - shareUpTo(reference, x))),
  );
}

/** Few distinct values, so that ties happen. */
const samples = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 40 });

describe('createKsCells', () => {
  it('puts points into odd cells and gaps into even ones', () => {
    const cells = createKsCells([3, 1, 3]);
    expect([0, 1, 2, 3, 4].map((x) => cells.cellOf(x))).toEqual([0, 1, 2, 3, 4]);
    expect(Array.from(cells.referenceCounts)).toEqual([0, 1, 0, 2, 0]);
    expect(cells.cellOf(-Infinity)).toBe(0);
    expect(cells.cellOf(Infinity)).toBe(cells.count - 1);
  });
});

describe('ksFromCells', () => {
  it.each(vectors)(
    'agrees with ks_2samp: $current.size against $reference.size + $reference.shift',
    (vector) => {
      const result = count(createKsCells(sampleOf(vector.reference)), sampleOf(vector.current));
      expect(result.value).toBeCloseTo(vector.value, 12);
      expect(Math.abs(result.pValue - vector.pValue)).toBeLessThan(1e-9);
    },
  );

  it('has the D of the definition, ties or not', () => {
    fc.assert(
      fc.property(samples, samples, (current, reference) => {
        const { value } = count(createKsCells(reference), current);
        expect(value).toBeCloseTo(naiveDistance(current, reference), 12);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is 0 at identity with p = 1, symmetric, and the same for summed parts', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const cells = createKsCells(a);
        expect(count(cells, a)).toMatchObject({ value: 0, pValue: 1 });
        expect(count(createKsCells(b), a).value).toBeCloseTo(count(cells, b).value, 12);
        const half = Math.floor(b.length / 2);
        const inParts = [b.slice(0, half), b.slice(half)].flat().map((x) => cells.cellOf(x));
        expect(
          ksFromCells(
            cells,
            inParts,
            Array.from(inParts, () => 1),
          ),
        ).toEqual(count(cells, b));
      }),
    );
  });

  it('says nothing about an empty window', () => {
    expect(ksFromCells(createKsCells([1, 2]), [], [])).toMatchObject({ value: 0, pValue: 1, currentSize: 0 });
    expect(ksCriticalValue(0, 100, 0.01)).toBe(1);
  });
});

describe('ksPValue', () => {
  it('hardly jumps where the exact method ends', () => {
    const distance = (n: number) => Math.round(0.05 * n * 1000);
    expect(ksPValue(distance(10_001), 10_001, 1000)).toBeCloseTo(ksPValue(distance(10_000), 10_000, 1000), 3);
  });

  it('falls as D grows', () => {
    const pValues = [0, 500, 1000, 2000, 4000, 10_000].map((distance) => ksPValue(distance, 100, 100));
    expect(pValues).toEqual([...pValues].sort((a, b) => b - a));
  });
});
