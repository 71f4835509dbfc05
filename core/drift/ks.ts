import type { KsCells } from './ks-cells.ts';
import { exactKsPValue } from './ks-exact.ts';
import { kolmogorovSf } from './special/kolmogorov.ts';

/** Up to this size of both samples the p is exact, as in SciPy's `ks_2samp(method='auto')`. */
const MAX_EXACT_SIZE = 10_000;

/** Beside this the exact p takes too long: a window of the largest size beside the largest sample of a package. */
const MAX_EXACT_PRODUCT = 10_000 * 1_000;

/** A two-sample Kolmogorov–Smirnov test. */
export interface Ks {
  /** D: the largest distance of the two empirical distribution functions, 0…1. */
  readonly value: number;
  readonly pValue: number;
  readonly currentSize: number;
  readonly referenceSize: number;
}

/**
 * Two-sample Kolmogorov–Smirnov test of raw values against a reference sample, from counts per cell.
 *
 * D is exact, not binned: F_ref only jumps at its own points and is constant in a gap, where F_cur only rises, so
 * the largest distance stands at a cell's border. As counts add up, so does a day's D from its hours.
 *
 * `counts[i]` values fell into `indices[i]`; an index may come twice, an unknown one is left out. Ties between and
 * within the samples are fine for D; the p then is that of untied data, which is too large rather than too small.
 * Beside a reference that is itself known by its cells alone (`withReferenceCounts`) D is that at the borders: exact
 * where no gap holds values of both, else too small by at most the smaller of both shares in one gap.
 * An empty side: D = 0, p = 1. O(cells) for D. Sources: Smirnov (1939), Hodges (1958).
 */
export function ksFromCells(cells: KsCells, indices: readonly number[], counts: readonly number[]): Ks {
  const distance = ksDistance(cells, { cells: indices, counts });
  const { value, currentSize: n, referenceSize: m } = distance;
  return { ...distance, pValue: n * m === 0 ? 1 : ksPValue(Math.round(value * n * m), n, m) };
}

/** D alone, without what it costs to know its p. */
export function ksDistance(
  cells: KsCells,
  { cells: indices, counts }: { readonly cells: readonly number[]; readonly counts: readonly number[] },
): Omit<Ks, 'pValue'> {
  const current = new Float64Array(cells.count);
  let n = 0;
  for (let i = 0; i < indices.length; i++) {
    const cell = indices[i] ?? -1;
    if (cell < 0 || cell >= current.length) continue;
    current[cell] = (current[cell] ?? 0) + (counts[i] ?? 0);
    n += counts[i] ?? 0;
  }
  const m = cells.sampleSize;
  const distance = largestDistance(current, cells.referenceCounts, n, m);
  return { value: n * m === 0 ? 0 : distance / (n * m), currentSize: n, referenceSize: m };
}

/** D · n · m, a whole number: free of rounding up to 2⁵³. */
function largestDistance(current: Float64Array, reference: Float64Array, n: number, m: number): number {
  let largest = 0;
  let currentBelow = 0;
  let referenceBelow = 0;
  for (let cell = 0; cell < current.length; cell++) {
    currentBelow += current[cell] ?? 0;
    referenceBelow += reference[cell] ?? 0;
    largest = Math.max(largest, Math.abs(currentBelow * m - referenceBelow * n));
  }
  return largest;
}

/**
 * Two-sided p of D = distance / (n m): exact up to 10,000 values a side with n · m up to ten million (at most
 * D · n · m · 2 steps); beyond, that of the one-sample test at the effective size n m / (n + m), rounded half to even.
 * SciPy does the same, beside a sample of up to 1,000 at the very same sizes.
 */
export function ksPValue(distance: number, n: number, m: number): number {
  if (Math.max(n, m) <= MAX_EXACT_SIZE && n * m <= MAX_EXACT_PRODUCT) return exactKsPValue(distance, n, m);
  return kolmogorovSf(roundHalfToEven((n / (n + m)) * m), distance / (n * m));
}

/**
 * The D that chance passes with probability about `alpha`: √(−½ ln(α/2) · (1/n + 1/m)), Smirnov's limit. Slightly
 * too large in small samples; the verdict goes by the p.
 */
export function ksCriticalValue(n: number, m: number, alpha: number): number {
  return n === 0 ? 1 : Math.min(1, Math.sqrt(-0.5 * Math.log(alpha / 2) * (1 / n + 1 / m)));
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
