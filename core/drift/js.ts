import type { Divergence } from './divergence.ts';
import { psiCriticalValue } from './psi.ts';
import { chiSquareSf } from './special/chi-square-distribution.ts';

/** Near 0 a distance d has 8 ln 2 · d² = PSI: the JS divergence in nats is an eighth of PSI. */
const PSI_OF_SQUARE = 8 * Math.LN2;

/**
 * Jensen–Shannon distance of two histograms: √(½ KL(p ‖ m) + ½ KL(q ‖ m)), m = (p + q) / 2, logarithms to base 2. A
 * metric, 0 at equal shares and 1 where no bin is shared, whatever the sizes; an empty bin is nothing special, so
 * nothing is smoothed.
 *
 * Bins that are empty on both sides don't count; one bin, or an empty sample, gives 0 and p = 1. Symmetric; permuting
 * bins changes nothing. O(B). For small shifts d² ≈ PSI / (8 ln 2), so without drift 8 ln 2 · d² ≈ (1/N + 1/M) · χ²
 * with B − 1 degrees of freedom.
 * Source: Lin (1991), Endres, Schindelin (2003); SciPy's `jensenshannon(p, q, base=2)`.
 */
export function jensenShannon(current: readonly number[], reference: readonly number[]): Divergence {
  const n = sum(current);
  const m = sum(reference);
  let bins = 0;
  let divergence = 0;
  for (let bin = 0; bin < Math.max(current.length, reference.length); bin++) {
    const p = (current[bin] ?? 0) / n;
    const q = (reference[bin] ?? 0) / m;
    if (!(p + q > 0)) continue;
    bins++;
    divergence += (excess(p, (p + q) / 2) + excess(q, (p + q) / 2)) / 2;
  }
  if (bins < 2 || n === 0 || m === 0) return { value: 0, bins, chiSquare: 0, pValue: 1 };
  const squared = Math.min(1, Math.max(0, divergence));
  const chiSquare = (PSI_OF_SQUARE * squared) / (1 / n + 1 / m);
  return { value: Math.sqrt(squared), bins, chiSquare, pValue: chiSquareSf(chiSquare, bins - 1) };
}

/** The distance that chance alone passes with probability `alpha`, at most 1. */
export function jsCriticalValue(
  bins: number,
  currentSize: number,
  referenceSize: number,
  alpha: number,
): number {
  return Math.min(1, Math.sqrt(psiCriticalValue(bins, currentSize, referenceSize, alpha) / PSI_OF_SQUARE));
}

/** One bin's part of a divergence in bits. */
function excess(share: number, mean: number): number {
  return share === 0 ? 0 : share * Math.log2(share / mean);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
