import type { Divergence } from './divergence.ts';
import { psiCriticalValue } from './psi.ts';
import { smoothShares } from './smoothed-shares.ts';
import { chiSquareSf } from './special/chi-square-distribution.ts';

/**
 * Kullback–Leibler divergence of the window from the reference, KL(current ‖ reference) = Σ pᵢ ln(pᵢ / qᵢ), in nats:
 * what it costs per lead to take the window for the reference. Not symmetric: a bin that is new in the window costs
 * much, one that it lost costs little.
 *
 * Smoothed, empty and single bins as for PSI, which is KL both ways. ≥ 0, 0 at equal shares; permuting bins changes
 * nothing. O(B). A shift of a normal variable by δ standard deviations has KL = δ² / 2.
 *
 * Without drift 2 KL ≈ (1/N + 1/M) · χ² with B − 1 degrees of freedom (Wilks 1938, both sides being samples).
 * Source: Kullback, Leibler (1951); SciPy's `entropy(p, q)`.
 */
export function kullbackLeibler(current: readonly number[], reference: readonly number[]): Divergence {
  const shares = smoothShares(current, reference);
  if (shares.scale === 0) return { value: 0, bins: shares.bins, chiSquare: 0, pValue: 1 };
  let sum = 0;
  for (const [bin, p] of shares.current.entries()) sum += p * Math.log(p / (shares.reference[bin] ?? p));
  // Equal shares may round to less than nothing.
  const value = Math.max(0, sum);
  const chiSquare = (2 * value) / shares.scale;
  return { value, bins: shares.bins, chiSquare, pValue: chiSquareSf(chiSquare, shares.bins - 1) };
}

/** The KL that chance alone passes with probability `alpha`: half of PSI's. */
export function klCriticalValue(
  bins: number,
  currentSize: number,
  referenceSize: number,
  alpha: number,
): number {
  return psiCriticalValue(bins, currentSize, referenceSize, alpha) / 2;
}
