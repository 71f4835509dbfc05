/** Lanczos approximation with g = 7, nine terms; coefficients by P. Godfrey. */
const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * ln Γ(x) for x > 0, to about 1e-14 relative. Lanczos' series; below ½ by Γ(x) = Γ(x + 1) / x.
 * Source: DLMF 5.2, Numerical Recipes 6.1.
 */
export function logGamma(x: number): number {
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  const z = x - 1;
  const t = z + LANCZOS_G + 0.5;
  let sum: number = LANCZOS[0];
  for (const [i, coefficient] of LANCZOS.entries()) if (i > 0) sum += coefficient / (z + i);
  return HALF_LOG_TWO_PI + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
