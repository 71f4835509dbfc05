import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jensenShannon, jsCriticalValue } from './js.ts';
import { klCriticalValue, kullbackLeibler } from './kl.ts';
import { psi } from './psi.ts';
import vectors from './vectors/divergence.json' with { type: 'json' };

const histogram = (bins: number) => fc.array(fc.nat(5_000), { minLength: bins, maxLength: bins });
const twoHistograms = fc
  .integer({ min: 2, max: 20 })
  .chain((bins) => fc.tuple(histogram(bins), histogram(bins)));
const rotate = (counts: readonly number[], turn: number) =>
  counts.map((_, i) => counts[(i + turn) % counts.length]!);

const NOTHING_TO_COMPARE = [
  [
    [0, 0],
    [5, 5],
  ],
  [
    [5, 5],
    [0, 0],
  ],
  [[7], [9]],
  [
    [7, 0],
    [9, 0],
  ],
  [[], []],
] as const;

describe.each([
  ['kullbackLeibler', kullbackLeibler, 'kl', 'klPValue'],
  ['jensenShannon', jensenShannon, 'js', 'jsPValue'],
] as const)('%s', (_, measure, value, pValue) => {
  it.each(vectors)('agrees with SciPy: $current', (vector) => {
    const result = measure(vector.current, vector.reference);
    expect(result.value).toBeCloseTo(vector[value], 9);
    expect(result.pValue).toBeCloseTo(vector[pValue], 9);
  });

  it('is 0 with p = 1 where there is nothing to compare', () => {
    for (const [current, reference] of NOTHING_TO_COMPARE) {
      expect(measure(current, reference)).toMatchObject({ value: 0, pValue: 1 });
    }
  });

  it('is 0 at identity, never negative nor NaN, and blind to the order of bins', () => {
    fc.assert(
      fc.property(twoHistograms, fc.nat(), ([a, b], turn) => {
        const result = measure(a, b);
        expect(measure(a, a).value).toBe(0);
        expect(result.value).toBeGreaterThanOrEqual(0);
        expect(result.pValue).toBeGreaterThanOrEqual(0);
        expect(result.pValue).toBeLessThanOrEqual(1);
        expect(measure(rotate(a, turn), rotate(b, turn)).value).toBeCloseTo(result.value, 10);
      }),
    );
  });
});

describe('kullbackLeibler', () => {
  it('has a direction, and both make PSI', () => {
    fc.assert(
      fc.property(twoHistograms, ([a, b]) => {
        expect(kullbackLeibler(a, b).value + kullbackLeibler(b, a).value).toBeCloseTo(psi(a, b).value, 10);
      }),
    );
    const [gained, lost] = [kullbackLeibler([50, 50], [100, 0]), kullbackLeibler([100, 0], [50, 50])];
    expect(gained.value).toBeGreaterThan(2 * lost.value);
  });
});

describe('jensenShannon', () => {
  it('is a distance from 0 to 1: symmetric, and no way round is shorter', () => {
    const three = fc.array(fc.nat(500), { minLength: 4, maxLength: 4 }).map((counts) => [1, ...counts]);
    fc.assert(
      fc.property(three, three, three, (a, b, c) => {
        const between = (x: readonly number[], y: readonly number[]) => jensenShannon(x, y).value;
        expect(between(a, b)).toBeCloseTo(between(b, a), 12);
        expect(between(a, b)).toBeLessThanOrEqual(1);
        expect(between(a, c)).toBeLessThanOrEqual(between(a, b) + between(b, c) + 1e-9);
      }),
    );
    expect(jensenShannon([9, 0], [0, 90_000]).value).toBe(1);
  });
});

describe('critical values', () => {
  it('are what α of the windows without drift pass', () => {
    const reference = Array.from({ length: 10 }, () => 3_000);
    const n = 400;
    const at = (value: number, measure: typeof psi) => measure(shifted(value, n), reference);
    for (const [measure, critical] of [
      [kullbackLeibler, klCriticalValue(10, n, 30_000, 0.01)],
      [jensenShannon, jsCriticalValue(10, n, 30_000, 0.01)],
    ] as const) {
      expect(at(0.9 * shiftTo(critical, measure, n, reference), measure).pValue).toBeGreaterThan(0.01);
      expect(at(1.15 * shiftTo(critical, measure, n, reference), measure).pValue).toBeLessThan(0.01);
    }
    expect(jsCriticalValue(10, 1, 1, 0.01)).toBe(1);
  });
});

/** Leads of ten equal bins, `by` of each bin of the lower half having moved up. */
function shifted(by: number, n: number): readonly number[] {
  return Array.from({ length: 10 }, (_, bin) => (n / 10) * (bin < 5 ? 1 - by : 1 + by));
}

/** The shift at which a measure has this value. */
function shiftTo(value: number, measure: typeof psi, n: number, reference: readonly number[]): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (measure(shifted(middle, n), reference).value < value) low = middle;
    else high = middle;
  }
  return low;
}
