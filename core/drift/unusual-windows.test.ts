import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUnusualWindows } from './unusual-windows.ts';

const LIMITS = { psi: 0.2, alpha: 0.01 };
const USUAL = [100, 50, 50];
const OUTAGE = [0, 0, 200];
const CAMPAIGN = [0, 200, 0];

describe('findUnusualWindows', () => {
  it.each([
    ['none where all are alike', [USUAL, [95, 55, 50], [105, 48, 47], USUAL], []],
    ['one outage', [USUAL, USUAL, OUTAGE, USUAL], [2]],
    ['two of five, unlike each other', [OUTAGE, USUAL, USUAL, CAMPAIGN, USUAL], [0, 3]],
    ['two of five that are alike', [OUTAGE, USUAL, USUAL, OUTAGE, USUAL], [0, 3]],
    ['none of two: neither is the rule', [USUAL, OUTAGE], []],
    ['not half of them', [USUAL, OUTAGE, CAMPAIGN, USUAL], [1]],
    ['what was usual, once most windows are otherwise', [USUAL, OUTAGE, OUTAGE], [0]],
    [
      'none by chance, where windows are small',
      [
        [3, 2, 2],
        [4, 1, 2],
        [1, 3, 3],
      ],
      [],
    ],
    ['an empty one neither', [USUAL, [0, 0, 0], USUAL], []],
  ])('finds %s', (_, windows, expected) => {
    expect(findUnusualWindows(windows, LIMITS)).toEqual(expected);
  });

  const windows = fc.array(fc.array(fc.nat(200), { minLength: 4, maxLength: 4 }), { maxLength: 12 });

  it('always leaves more than half, each once and in order', () => {
    fc.assert(
      fc.property(windows, (all) => {
        const found = findUnusualWindows(all, LIMITS);
        expect(2 * found.length).toBeLessThan(Math.max(1, all.length));
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
      }),
    );
  });
});
