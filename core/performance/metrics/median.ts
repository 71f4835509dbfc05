import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';

/**
 * The median with the interval that order statistics give, whatever the distribution: how many values lie below the true
 * median is binomial(n, ½), so the values at ranks n/2 ± z √n / 2, rounded outwards, hold it between them. No bounds below
 * six values, where even the extremes don't reach 95 %. O(n log n). Source: Conover (1999), 3.2; NumPy's `median`.
 */
export function medianOf(values: Float64Array): Metric {
  const size = values.length;
  if (size === 0) return unmeasured('no_leads', 0);
  const sorted = values.toSorted();
  const at = (rank: number): number => sorted[rank - 1] ?? NaN;
  const value = (at(Math.floor((size + 1) / 2)) + at(Math.ceil((size + 1) / 2))) / 2;
  if (size < 6) return { value, low: null, high: null, sampleSize: size };
  const low = Math.max(1, Math.floor(size / 2 - (Z_95 * Math.sqrt(size)) / 2));
  return { value, low: at(low), high: at(size + 1 - low), sampleSize: size };
}
