import { durbinCdf } from './kolmogorov-durbin.ts';
import { pelzGoodCdf } from './kolmogorov-pelz-good.ts';
import { logGamma } from './log-gamma.ts';

/**
 * P(D_n > d): the distribution of the one-sample, two-sided Kolmogorov–Smirnov statistic of n values.
 *
 * No one formula is good everywhere, so Simard and L'Ecuyer (2011, J. Stat. Softw. 39/11) part the plane: the ends
 * in closed form; twice the one-sided tail where both sides can't be passed (or hardly); Durbin's matrix for small
 * n; Pelz and Good's expansion for large n. Absolute error below 1e-10 for n ≤ 140, about 1e-6 at worst above.
 */
export function kolmogorovSf(n: number, d: number): number {
  const t = n * d;
  const nd2 = t * d;
  if (t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - Math.exp(logGamma(n + 1) - n * Math.log(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  const oneSideOnly = d >= 0.5 || nd2 > (n <= 140 ? 4 : 2.2);
  if (oneSideOnly) return nd2 >= 370 ? 0 : Math.min(1, 2 * oneSidedSf(n, d));
  const matrixIsCheap = n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4);
  return clampShare(1 - (matrixIsCheap ? durbinCdf(n, d) : pelzGoodCdf(n, d)));
}

/**
 * P(D_n⁺ > d) = d Σⱼ C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j) over 0 ≤ j < n (1 − d): all terms are positive.
 * Source: Smirnov (1944), Birnbaum and Tingey (1951).
 */
function oneSidedSf(n: number, d: number): number {
  let sum = 0;
  let logBinomial = 0;
  for (let j = 0; j / n < 1 - d; j++) {
    const x = d + j / n;
    sum += Math.exp(logBinomial + (j - 1) * Math.log(x) + (n - j) * Math.log1p(-x));
    logBinomial += Math.log((n - j) / (j + 1));
  }
  return Math.min(1, d * sum);
}

function clampShare(p: number): number {
  return Math.min(1, Math.max(0, p));
}
