import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../shadow/seeded-random.ts';
import { binomialUpperTail } from './binomial-tail.ts';
import { boundQuantile, effectiveSizeOf } from './quantile-bounds.ts';
import { sequentialShareP } from './sequential-share.ts';
import binomialVectors from './vectors/binomial-tail.json' with { type: 'json' };
import quantileVectors from './vectors/quantile-bounds.json' with { type: 'json' };
import sequentialVectors from './vectors/sequential-share.json' with { type: 'json' };

describe('binomialUpperTail', () => {
  it.each(binomialVectors)('of %d of %d at %d is SciPy’s %d', (hits, size, p, tail) => {
    expect(Math.abs(binomialUpperTail(hits, size, p) / tail - 1)).toBeLessThan(1e-8);
  });

  it('at the ends is certain or impossible', () => {
    expect(binomialUpperTail(1, 10, 0)).toBe(0);
    expect(binomialUpperTail(10, 10, 1)).toBe(1);
    expect(binomialUpperTail(11, 10, 0.5)).toBe(0);
  });
});

describe('sequentialShareP', () => {
  it.each(sequentialVectors)('of %d of %d at %d is the integral’s %d', (hits, size, planned, p) => {
    expect(Math.abs(sequentialShareP(hits, size, planned) / p - 1)).toBeLessThan(1e-9);
  });

  it('may be looked at after every lead: it falls below .01 in at most a hundredth of plans that are kept', () => {
    const random = seededRandom(3);
    let alarms = 0;
    for (let run = 0; run < 500; run++) {
      let hits = 0;
      let isAlarmed = false;
      for (let size = 1; size <= 1_000; size++) {
        if (random() < 0.1) hits++;
        isAlarmed ||= size % 10 === 0 && sequentialShareP(hits, size, 0.1) < 0.01;
      }
      if (isAlarmed) alarms++;
    }
    expect(alarms / 500).toBeLessThanOrEqual(0.01);
  });

  it('a plan of all leads is broken by a few, not by one', () => {
    expect(sequentialShareP(1_000, 1_000, 1)).toBe(1);
    expect(sequentialShareP(999, 1_000, 1)).toBeGreaterThan(0.01);
    expect(sequentialShareP(980, 1_000, 1)).toBeLessThan(0.001);
  });
});

describe('boundQuantile', () => {
  const upTo = (size: number) => Array.from({ length: size }, (_, i) => ({ value: i + 1, count: 1 }));

  it.each(quantileVectors)(
    'of 1…%d at %d and α = %d lies between %d and %d',
    (size, level, alpha, low, high) => {
      expect(boundQuantile(upTo(size), level, size, alpha)).toEqual({ value: level * size, low, high });
    },
  );

  it('has no upper bound where the sample is too small for one, and no value without values', () => {
    expect(boundQuantile(upTo(20), 0.95, 20, 0.01)).toEqual({ value: 19, low: 17, high: null });
    expect(boundQuantile([], 0.95, 0, 0.01)).toBeNull();
  });

  it('holds for values that come in batches: a slow batch of many leads is one slow time', () => {
    const random = seededRandom(8);
    let missed = 0;
    for (let run = 0; run < 400; run++) {
      // Batches of 20 leads, a tenth of them slow: the true p95 is 100.
      const slow = Array.from({ length: 60 }, () => random() < 0.1).filter(Boolean).length;
      const times = [
        { value: 10, count: 20 * (60 - slow) },
        { value: 100, count: 20 * slow },
      ];
      const bounds = boundQuantile(times, 0.95, effectiveSizeOf(1_200, 60 * 400), 0.01)!;
      if (bounds.high !== null && bounds.high < 100) missed++;
    }
    expect(missed / 400).toBeLessThanOrEqual(0.02);
  });
});
