import { Z_95 } from '../../shadow/interval.ts';

/** Bounds of an estimate. */
export interface Bounds {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The 95 % interval of a value in (0, 1) with this standard error, normal on the logit: logit v ± z se / (v (1 − v)),
 * taken back. Within 0…1, and wider towards ½, as estimates near a border are skewed. Without bounds at 0 and 1, where
 * the sample shows no spread. Source: delta method.
 */
export function logitInterval(value: number, standardError: number): Bounds {
  if (value <= 0 || value >= 1) return { low: null, high: null };
  const middle = Math.log(value / (1 - value));
  const reach = (Z_95 * standardError) / (value * (1 - value));
  return { low: expit(middle - reach), high: expit(middle + reach) };
}

function expit(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
