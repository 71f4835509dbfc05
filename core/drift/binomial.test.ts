import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from './binomial.ts';
import vectors from './vectors/binomial.json' with { type: 'json' };

describe('binomialUpperTail', () => {
  it.each(vectors)('agrees with SciPy: %d of %d at %d', (hits, size, share, pValue) => {
    expect(Math.abs(binomialUpperTail(hits, size, share) - pValue)).toBeLessThan(1e-9 * pValue + 1e-300);
  });

  it('is certain of none or more, and of nothing else at a share of 0', () => {
    expect(binomialUpperTail(0, 10, 0.3)).toBe(1);
    expect(binomialUpperTail(1, 10, 0)).toBe(0);
    expect(binomialUpperTail(11, 10, 0.3)).toBe(0);
  });

  it('falls with the hits, rises with the share, and stays between 0 and 1', () => {
    const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 400 }), share, (hits, size, p) => {
        const tail = binomialUpperTail(hits, size, p);
        expect(tail).toBeGreaterThanOrEqual(0);
        expect(tail).toBeLessThanOrEqual(1);
        expect(binomialUpperTail(hits + 1, size, p)).toBeLessThanOrEqual(tail);
        expect(binomialUpperTail(hits, size, Math.min(1, p * 1.5))).toBeGreaterThanOrEqual(
          tail * (1 - 1e-12),
        );
      }),
    );
  });
});
