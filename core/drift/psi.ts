import { chiSquareQuantile, chiSquareSf } from './special/chi-square-distribution.ts';

/** A population stability index with what chance alone would give. */
export interface Psi {
  /** ≥ 0, in nats; 0 where both have the same shares. */
  readonly value: number;
  /** Bins that were compared. */
  readonly bins: number;
  /** P of a value this large without drift. */
  readonly pValue: number;
}

/**
 * Population stability index: Σ (pᵢ − qᵢ) ln(pᵢ / qᵢ), the symmetric Kullback–Leibler divergence of two
 * histograms, natural log. Below .1 little has moved, above .25 much has (Siddiqi 2006).
 *
 * Each bin's count gets ½ on both sides first, so that an empty bin costs what theory says it should and not a
 * made-up epsilon's logarithm. A bin that is empty on both sides isn't a bin. Both samples must have the same bins;
 * one bin, or an empty sample, gives 0 and p = 1. Symmetric; permuting bins changes nothing. O(B).
 *
 * Without drift PSI ≈ (1/N + 1/M) · χ² with B − 1 degrees of freedom (Yurdakul 2018): hence the p.
 */
export function psi(current: readonly number[], reference: readonly number[]): Psi {
  const used = usedBins(current, reference);
  const currentSize = sumOver(current, used);
  const referenceSize = sumOver(reference, used);
  if (used.length < 2 || currentSize === 0 || referenceSize === 0) {
    return { value: 0, bins: used.length, pValue: 1 };
  }
  let value = 0;
  for (const bin of used) {
    const p = smoothedShare(current[bin] ?? 0, currentSize, used.length);
    const q = smoothedShare(reference[bin] ?? 0, referenceSize, used.length);
    value += (p - q) * Math.log(p / q);
  }
  const scale = 1 / currentSize + 1 / referenceSize;
  return { value, bins: used.length, pValue: chiSquareSf(value / scale, used.length - 1) };
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

function smoothedShare(count: number, size: number, bins: number): number {
  return (count + 0.5) / (size + bins / 2);
}

function usedBins(current: readonly number[], reference: readonly number[]): readonly number[] {
  const used: number[] = [];
  for (let bin = 0; bin < Math.max(current.length, reference.length); bin++) {
    if ((current[bin] ?? 0) + (reference[bin] ?? 0) > 0) used.push(bin);
  }
  return used;
}

function sumOver(counts: readonly number[], bins: readonly number[]): number {
  return bins.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0);
}
