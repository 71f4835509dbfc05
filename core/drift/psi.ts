import type { Divergence } from './divergence.ts';
import { smoothShares } from './smoothed-shares.ts';
import { chiSquareQuantile, chiSquareSf } from './special/chi-square-distribution.ts';

/**
 * Population stability index: Σ (pᵢ − qᵢ) ln(pᵢ / qᵢ), the symmetric Kullback–Leibler divergence of two
 * histograms, natural log. Below .1 little has moved, above .25 much has (Siddiqi 2006).
 *
 * Each bin's count gets ½ on both sides first (`smoothShares`). Both samples must have the same bins; one bin, or an
 * empty sample, gives 0 and p = 1. Symmetric; permuting bins changes nothing. O(B).
 *
 * Without drift PSI ≈ (1/N + 1/M) · χ² with B − 1 degrees of freedom (Yurdakul 2018): hence the p.
 */
export function psi(current: readonly number[], reference: readonly number[]): Divergence {
  const shares = smoothShares(current, reference);
  if (shares.scale === 0) return { value: 0, bins: shares.bins, chiSquare: 0, pValue: 1 };
  let value = 0;
  for (const [bin, p] of shares.current.entries()) {
    const q = shares.reference[bin] ?? p;
    value += (p - q) * Math.log(p / q);
  }
  const chiSquare = value / shares.scale;
  return { value, bins: shares.bins, chiSquare, pValue: chiSquareSf(chiSquare, shares.bins - 1) };
}

/**
 * The PSI that chance alone passes with probability `alpha`: χ²₁₋α,B₋₁ · (1/N + 1/M). Between ten bins at N = 200
 * and a large reference .11 at α = .01: small windows pass the practical limit by luck.
 */
export function psiCriticalValue(
  bins: number,
  currentSize: number,
  referenceSize: number,
  alpha: number,
): number {
  if (bins < 2) return 0;
  return chiSquareQuantile(alpha, bins - 1) * (1 / currentSize + 1 / referenceSize);
}
