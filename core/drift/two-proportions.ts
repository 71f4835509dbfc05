import { fisherExact } from './fisher-exact.ts';
import { normalSf } from './special/normal.ts';

/** How two shares differ. */
export interface TwoProportions {
  /** Current share minus reference share, −1…1. */
  readonly difference: number;
  /** Pooled z; 0 where both shares are 0 or both are 1. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly method: 'z' | 'fisher';
}

/**
 * Test of two proportions: are `currentHits` of `currentSize` and `referenceHits` of `referenceSize` one share?
 * Pooled z without continuity correction, which is √χ² of the 2×2 table; Fisher's exact p where some expectation
 * is below 5. An empty sample: difference 0, p = 1. O(1), Fisher O(hits). Source: Fleiss, Levin, Paik (2003), 3.
 */
export function twoProportions(
  currentHits: number,
  currentSize: number,
  referenceHits: number,
  referenceSize: number,
): TwoProportions {
  if (currentSize === 0 || referenceSize === 0) return { difference: 0, z: 0, pValue: 1, method: 'z' };
  const difference = currentHits / currentSize - referenceHits / referenceSize;
  const hits = currentHits + referenceHits;
  const total = currentSize + referenceSize;
  const pooled = hits / total;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / currentSize + 1 / referenceSize));
  const z = deviation === 0 ? 0 : difference / deviation;
  const smallestExpectation = (Math.min(hits, total - hits) * Math.min(currentSize, referenceSize)) / total;
  if (smallestExpectation >= 5) return { difference, z, pValue: 2 * normalSf(Math.abs(z)), method: 'z' };
  const pValue = fisherExact(
    currentHits,
    currentSize - currentHits,
    referenceHits,
    referenceSize - referenceHits,
  );
  return { difference, z, pValue, method: 'fisher' };
}
