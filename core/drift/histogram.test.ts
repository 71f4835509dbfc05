import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reference } from '../contracts/reference.ts';
import { createBinner, type Input } from './binner.ts';
import { createHistograms } from './histogram.ts';
import { levelReference, numericReference } from './testing/reference.ts';

const ages = Array.from({ length: 100 }, (_, i) => i);
const reference: Reference = {
  rows: 100,
  features: [numericReference('age', ages), levelReference('job', { admin: 60, retired: 40 })],
  score: numericReference(
    'score',
    ages.map((age) => age / 128),
  ),
  bands: { A: 50, B: 50 },
};
const histograms = createHistograms(reference);
const bin = createBinner(reference);

type Row = readonly [age: Input, job: Input, score: number, band: string];

function count(rows: readonly Row[]) {
  const builder = histograms.builder();
  for (const [age, job, score, band] of rows) {
    const bins: number[] = [];
    bin([age, job], bins);
    builder.add([age, job], bins, score, band);
  }
  return builder.build();
}

describe('a histogram', () => {
  it('counts bins, KS cells and bands', () => {
    const window = count([
      [5, 'admin', 5 / 128, 'A'],
      [5.5, 'student', 5 / 128, 'A'],
      [null, null, 1, 'C'],
    ]);
    expect(window.features[0]!.counts).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(window.features[0]!.ks).toEqual({ cells: [11, 12], counts: [1, 1], offsets: [0, 0.5] });
    expect(window.features[1]).toEqual({ counts: [1, 0, 1, 1], ks: null });
    expect(window.score.ks).toEqual({ cells: [11, 200], counts: [2, 1], offsets: [0, 29 / 128] });
    expect(window.bands).toEqual({ A: 2, B: 0, C: 1 });
  });

  it('refuses a row of another model whole', () => {
    const builder = histograms.builder();
    expect(builder.add([5, 'admin'], [0], 0.1, 'A')).toBe(false);
    expect(builder.add([5, 'admin'], [0, 0, 0], 0.1, 'A')).toBe(false);
    expect(builder.add([5, 'admin'], [0, 4], 0.1, 'A')).toBe(false);
    expect(builder.add([5, 'admin'], [0, 0.5], 0.1, 'A')).toBe(false);
    expect(builder.build()).toEqual(count([]));
  });

  it('counts bins where inputs were left out', () => {
    const builder = histograms.builder();
    expect(builder.add([], [3, 0], 0.1, 'A')).toBe(true);
    expect(builder.build().features[0]).toMatchObject({ ks: { cells: [], counts: [] } });
    expect(builder.build().features[0]!.counts[3]).toBe(1);
  });

  it('of a day is the sum of its hours', () => {
    // Of binary fractions every sum is exact, in whatever order.
    const row = fc.tuple(
      fc.option(fc.integer({ min: -80, max: 880 }).map((eighths) => eighths / 8)),
      fc.constantFrom('admin', 'retired', 'new', null),
      fc.nat(1024).map((part) => part / 1024),
      fc.constantFrom('A', 'B', 'C'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(row), { maxLength: 5 }), (hours) => {
        expect(histograms.sum(hours.map(count))).toEqual(count(hours.flat()));
      }),
    );
  });
});
