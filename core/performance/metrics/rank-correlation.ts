import { spearman } from '../../shadow/spearman.ts';
import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';

/**
 * Spearman's ρ of score and truth, −1…1: does a regressor put the leads in the right order? Interval by Fisher's z with
 * Bonett and Wright's variance (1 + ρ²/2) / (n − 3); no bounds below ten pairs. `one_class` where one side is constant.
 * Sources: Spearman (1904); Bonett and Wright (2000), Psychometrika 65.
 */
export function rankCorrelation(scores: Float64Array, labels: Float64Array): Metric {
  const size = scores.length;
  if (size === 0) return unmeasured('no_leads', 0);
  const rho = spearman(scores, labels);
  if (rho === null) return unmeasured(size < 2 ? 'too_few' : 'one_class', size);
  if (size < 10 || Math.abs(rho) >= 1) return { value: rho, low: null, high: null, sampleSize: size };
  const reach = Z_95 * Math.sqrt((1 + rho ** 2 / 2) / (size - 3));
  const z = Math.atanh(rho);
  return { value: rho, low: Math.tanh(z - reach), high: Math.tanh(z + reach), sampleSize: size };
}
