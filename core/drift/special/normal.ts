import { upperGammaShare } from './incomplete-gamma.ts';

/** erfc(x) = Q(½, x²) for x ≥ 0, and 2 − erfc(−x) below. Source: DLMF 7.11.2. */
export function erfc(x: number): number {
  return x >= 0 ? upperGammaShare(0.5, x * x) : 2 - erfc(-x);
}

/** P(Z > z) of the standard normal; small tails keep their relative precision. Source: DLMF 7.2, 7.17. */
export function normalSf(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}
