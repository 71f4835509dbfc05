import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustPValues } from './benjamini-hochberg.ts';
import vectors from './vectors/benjamini-hochberg.json' with { type: 'json' };

describe('adjustPValues', () => {
  it.each(vectors)('agrees with false_discovery_control: $pValues.length tests', ({ pValues, adjusted }) => {
    for (const [i, p] of adjustPValues(pValues).entries()) expect(p).toBeCloseTo(adjusted[i]!, 12);
  });

  it('leaves one test alone and none empty', () => {
    expect(adjustPValues([0.03])).toEqual([0.03]);
    expect(adjustPValues([])).toEqual([]);
  });

  it('never makes a p smaller, keeps their order, and goes with its test wherever that stands', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (pValues) => {
        const adjusted = adjustPValues(pValues);
        for (const [i, p] of pValues.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
        }
        const bySize = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!);
        const inOrder = bySize.map((i) => adjusted[i]!);
        expect(inOrder).toEqual(inOrder.toSorted((p, q) => p - q));
        expect([...adjustPValues(pValues.toReversed())].reverse()).toEqual(adjusted);
      }),
    );
  });
});
