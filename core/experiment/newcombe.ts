import { normalQuantile } from '../drift/special/normal-quantile.ts';
import type { IntervalEstimate } from './interval-estimate.ts';

/** `hits` of `size` > 0, such as conversions of leads. */
export interface Proportion {
  readonly hits: number;
  readonly size: number;
}

/**
 * A proportion with Wilson's score interval at confidence 1 − `alpha`: the shares p for which a z test of `hits` would
 * not reject p, (p̂ + z²/2n ± z √(p̂q̂/n + z²/4n²)) / (1 + z²/n). Unlike p̂ ± z √(p̂q̂/n) it stays within 0…1 and keeps its
 * promise for few hits: 0 of 10 is 0 to .28. Source: Wilson (1927), Brown, Cai, DasGupta (2001).
 */
export function wilsonInterval({ hits, size }: Proportion, alpha: number): IntervalEstimate {
  const value = hits / size;
  const z = normalQuantile(alpha / 2);
  const shrink = 1 + (z * z) / size;
  const middle = (value + (z * z) / (2 * size)) / shrink;
  const halfWidth = (z * Math.sqrt((value * (1 - value)) / size + (z * z) / (4 * size * size))) / shrink;
  // Rounding may leave a trace where there are no hits, or only hits.
  return { value, low: hits === 0 ? 0 : middle - halfWidth, high: hits === size ? 1 : middle + halfWidth };
}

/**
 * The difference of two independent proportions, a − b, with Newcombe's hybrid score interval at confidence 1 − `alpha`:
 * from the distances δ of either share to its Wilson bounds, a − b − √(δₐ,low² + δ_b,high²) to
 * a − b + √(δₐ,high² + δ_b,low²). Stays within −1…1 and holds for few hits. It promises for one look, planned before.
 * Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
 */
export function newcombeInterval(a: Proportion, b: Proportion, alpha: number): IntervalEstimate {
  const [first, second] = [wilsonInterval(a, alpha), wilsonInterval(b, alpha)];
  const value = first.value - second.value;
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  };
}
