import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newcombeInterval, type Proportion, wilsonInterval } from './newcombe.ts';
import { relativeLift } from './relative-lift.ts';
import newcombeVectors from './vectors/newcombe.json' with { type: 'json' };
import liftVectors from './vectors/relative-lift.json' with { type: 'json' };
import wilsonVectors from './vectors/wilson.json' with { type: 'json' };

const proportions = fc
  .integer({ min: 1, max: 10_000 })
  .chain((size) => fc.record({ hits: fc.integer({ min: 0, max: size }), size: fc.constant(size) }));
const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const missed = ({ hits, size }: Proportion): Proportion => ({ hits: size - hits, size });

describe('wilsonInterval', () => {
  it.each(wilsonVectors)('agrees with statsmodels: %d of %d at α = %d', (hits, size, alpha, low, high) => {
    const found = wilsonInterval({ hits, size }, alpha);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  });

  it('stays within 0 and 1, holds its value, and mirrors where hits and misses swap', () => {
    fc.assert(
      fc.property(proportions, alphas, (given, alpha) => {
        const { low, value, high } = wilsonInterval(given, alpha);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(wilsonInterval(missed(given), alpha).low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

describe('newcombeInterval', () => {
  it.each(newcombeVectors)(
    'agrees with statsmodels: %d of %d less %d of %d at α = %d',
    (a, n, b, m, alpha, low, high) => {
      const found = newcombeInterval({ hits: a, size: n }, { hits: b, size: m }, alpha);
      expect(found.value).toBeCloseTo(a / n - b / m, 12);
      expect(found.low).toBeCloseTo(low, 12);
      expect(found.high).toBeCloseTo(high, 12);
    },
  );

  it('is the one in Newcombe (1998), table II: 56 of 70 less 48 of 80', () => {
    const found = newcombeInterval({ hits: 56, size: 70 }, { hits: 48, size: 80 }, 0.05);
    expect([found.low.toFixed(4), found.high.toFixed(4)]).toEqual(['0.0524', '0.3339']);
  });

  it('stays within −1 and 1, and turns its sign where the arms swap', () => {
    fc.assert(
      fc.property(proportions, proportions, alphas, (a, b, alpha) => {
        const found = newcombeInterval(a, b, alpha);
        const swapped = newcombeInterval(b, a, alpha);
        expect(found.low).toBeGreaterThanOrEqual(-1);
        expect(found.high).toBeLessThanOrEqual(1);
        expect(swapped.low).toBeCloseTo(-found.high, 12);
        expect(swapped.high).toBeCloseTo(-found.low, 12);
      }),
    );
  });
});

describe('relativeLift', () => {
  it.each(liftVectors)(
    'agrees with statsmodels: %d of %d by %d of %d at α = %d',
    (a, n, b, m, alpha, low, high) => {
      const found = relativeLift({ hits: a, size: n }, { hits: b, size: m }, alpha)!;
      expect(found.value).toBeCloseTo((a / n / b) * m - 1, 12);
      expect(found.low).toBeCloseTo(low, 10);
      expect(found.high).toBeCloseTo(high, 10);
    },
  );

  it('is null where either has no hit', () => {
    expect(relativeLift({ hits: 0, size: 10 }, { hits: 3, size: 10 }, 0.05)).toBeNull();
    expect(relativeLift({ hits: 3, size: 10 }, { hits: 0, size: 10 }, 0.05)).toBeNull();
  });
});
