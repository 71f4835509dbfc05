import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherExact } from './fisher-exact.ts';
import vectors from './vectors/fisher-exact.json' with { type: 'json' };

describe('fisherExact', () => {
  it.each(vectors)('agrees with SciPy: [[%d, %d], [%d, %d]]', (a, b, c, d, pValue) => {
    expect(Math.abs(fisherExact(a, b, c, d) - pValue)).toBeLessThan(1e-9);
  });

  it('gives what Fisher gave the lady tasting tea', () => {
    expect(fisherExact(4, 0, 0, 4)).toBeCloseTo(2 / 70, 12);
  });

  it('is 1 with an empty margin, and stays a probability on huge tables', () => {
    expect(fisherExact(0, 5, 0, 9)).toBe(1);
    expect(fisherExact(0, 0, 3, 4)).toBe(1);
    expect(fisherExact(100_000, 3, 50, 100_000)).toBeLessThan(1e-300);
  });

  it('is symmetric in rows and in columns', () => {
    const cell = fc.nat(60);
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const p = fisherExact(a, b, c, d);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(fisherExact(c, d, a, b)).toBeCloseTo(p, 9);
        expect(fisherExact(b, a, d, c)).toBeCloseTo(p, 9);
      }),
    );
  });
});
