import { upperGammaShare } from './incomplete-gamma.ts';
import { logGamma } from './log-gamma.ts';

/** P(X > x) for X ~ χ² with `df` > 0 degrees of freedom: Q(df/2, x/2). Source: A&S 26.4.2. */
export function chiSquareSf(x: number, df: number): number {
  return upperGammaShare(df / 2, x / 2);
}

/**
 * The x that χ² with `df` degrees of freedom passes with probability `upperTail` in (0, 1): the critical value of
 * a test at that level. Newton's steps on ln P(X > x), kept inside a shrinking bracket; to 1e-12 relative.
 */
export function chiSquareQuantile(upperTail: number, df: number): number {
  const target = Math.log(upperTail);
  let low = 0;
  let high = 2 * df;
  while (chiSquareSf(high, df) > upperTail) {
    low = high;
    high *= 2;
  }
  let x = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const sf = chiSquareSf(x, df);
    if (sf > upperTail) low = x;
    else high = x;
    const newton = x + ((Math.log(sf) - target) * sf) / density(x, df);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-14 * x) return next;
    x = next;
  }
  return x;
}

function density(x: number, df: number): number {
  const a = df / 2;
  return Math.exp((a - 1) * Math.log(x / 2) - x / 2 - logGamma(a)) / 2;
}
