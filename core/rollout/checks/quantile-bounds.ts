import { normalQuantile } from '../../drift/special/normal-quantile.ts';

/** Measured values by how many leads had them, values ascending. */
export interface WeightedValue {
  readonly value: number;
  readonly count: number;
}

/** A quantile with one-sided bounds. */
export interface QuantileBounds {
  readonly value: number;
  /** Null where the sample is too small to have one. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The quantile `level` of a sample with bounds that hold at one-sided confidence 1 − `alpha` each, whatever the
 * distribution. How many values lie below the true quantile is binomial, so bounds are order statistics: the values at
 * the levels level ± z √(level (1 − level) / n). Values that came together aren't independent: `effectiveSize` is the n
 * that counts. Null without values. O(values). Source: David and Nagaraja, Order Statistics (2003), 7.1.
 */
export function boundQuantile(
  values: readonly WeightedValue[],
  level: number,
  effectiveSize: number,
  alpha: number,
): QuantileBounds | null {
  const total = values.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const reach = normalQuantile(alpha) * Math.sqrt((level * (1 - level)) / effectiveSize);
  const valueAt = (at: number): number | null => {
    if (at <= 0 || at >= 1) return null;
    let left = at * total;
    return values.find(({ count }) => (left -= count) <= 0)?.value ?? values.at(-1)?.value ?? null;
  };
  return { value: valueAt(level) ?? 0, low: valueAt(level - reach), high: valueAt(level + reach) };
}

/**
 * Independent values that tell as much as `sum` values in groups of which each is one draw: (Σb)² / Σb², b being the
 * sizes of the groups. Source: Kish, Survey Sampling (1965), 8.2.
 */
export function effectiveSizeOf(sum: number, sumOfSquares: number): number {
  return sumOfSquares === 0 ? 0 : (sum * sum) / sumOfSquares;
}
