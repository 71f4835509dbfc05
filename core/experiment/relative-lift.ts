import { normalQuantile } from '../drift/special/normal-quantile.ts';
import type { IntervalEstimate } from './interval-estimate.ts';
import type { Proportion } from './newcombe.ts';

/**
 * How much higher a proportion is than the control's, relative to it: .1 is 10 % more conversions. The interval, at
 * confidence 1 − `alpha`, is that of the logarithm of the ratio, which is nearer to normal than the ratio itself:
 * ln(p̂ₜ/p̂_c) ± z √(q̂ₜ/(nₜp̂ₜ) + q̂_c/(n_c p̂_c)). Null where either has no hit: there is no ratio to speak of.
 * Source: Katz, Baptista, Azen, Pike (1978).
 */
export function relativeLift(
  treatment: Proportion,
  control: Proportion,
  alpha: number,
): IntervalEstimate | null {
  if (treatment.hits === 0 || control.hits === 0) return null;
  const ratio = treatment.hits / treatment.size / (control.hits / control.size);
  const variance = 1 / treatment.hits - 1 / treatment.size + 1 / control.hits - 1 / control.size;
  const factor = Math.exp(normalQuantile(alpha / 2) * Math.sqrt(variance));
  return { value: ratio - 1, low: ratio / factor - 1, high: ratio * factor - 1 };
}
