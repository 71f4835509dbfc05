import { logGamma } from '../../drift/special/log-gamma.ts';

/** Terms below this part of the sum change no digit of it. */
const NEGLIGIBLE = 1e-17;

/**
 * P(X ≥ hits) for X ~ Binomial(size, p): how likely so many hits are by chance alone. Below α exactly where the lower
 * end of Clopper and Pearson's one-sided interval at confidence 1 − α lies above p, so it tells whether a share is over
 * a limit, for few hits too (Wilson's interval calls 1 of 1 over 2 % at 99 %). Summed from the end that is nearer the
 * mean, where terms only fall: about √size of them. To 1e-8 relative for a million. Sources: Clopper and Pearson (1934); DLMF 26.3.
 */
export function binomialUpperTail(hits: number, size: number, p: number): number {
  if (hits <= 0) return 1;
  if (hits > size || p <= 0) return 0;
  if (p >= 1) return 1;
  return hits > size * p ? sumTail(hits, size, p) : 1 - sumTail(size - hits + 1, size, 1 - p);
}

/** Σ of the terms from `hits` on, each the last one's times ((size − i) / (i + 1)) · p / (1 − p). */
function sumTail(hits: number, size: number, p: number): number {
  if (hits > size) return 0;
  let term = Math.exp(
    logGamma(size + 1) -
      logGamma(hits + 1) -
      logGamma(size - hits + 1) +
      hits * Math.log(p) +
      (size - hits) * Math.log1p(-p),
  );
  let sum = term;
  for (let i = hits; i < size && term > sum * NEGLIGIBLE; i++) {
    term *= ((size - i) / (i + 1)) * (p / (1 - p));
    sum += term;
  }
  return sum;
}
