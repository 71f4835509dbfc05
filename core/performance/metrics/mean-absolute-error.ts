import { meanOf } from '../../experiment/mean.ts';
import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';

/**
 * Mean absolute error of a regressor's score against the truth, in the label's unit, ± z s / √n. O(n).
 * Source: Willmott and Matsuura (2005); scikit-learn's `mean_absolute_error`.
 */
export function meanAbsoluteError(scores: Float64Array, labels: Float64Array): Metric {
  const size = scores.length;
  if (size === 0) return unmeasured('no_leads', 0);
  const errors = scores.map((score, i) => Math.abs(score - (labels[i] ?? 0)));
  const sum = errors.reduce((total, error) => total + error, 0);
  if (size === 1) return { value: sum, low: null, high: null, sampleSize: 1 };
  const sumOfSquares = errors.reduce((total, error) => total + error * error, 0);
  const { value, standardError } = meanOf({ size, sum, sumOfSquares });
  const reach = Z_95 * standardError;
  return { value, low: Math.max(0, value - reach), high: value + reach, sampleSize: size };
}
