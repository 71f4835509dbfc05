/** What adds up of a sample: enough for its mean and variance. */
export interface Sums {
  readonly size: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** A statistic with the standard deviation that it would have over many such samples. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

/**
 * The mean of two or more values with its standard error √(s²/n), s² = (Σx² − (Σx)²/n) / (n − 1). Of values whose mean
 * is far larger than their spread, digits are lost in the subtraction; revenue per lead, mostly 0, is not so.
 */
export function meanOf({ size, sum, sumOfSquares }: Sums): Measured {
  const value = sum / size;
  // Rounding may leave a trace below 0 where all values are the same.
  const variance = Math.max(0, (sumOfSquares - sum * value) / (size - 1));
  return { value, standardError: Math.sqrt(variance / size) };
}

/**
 * a − b of two independent statistics: their variances add up, equal or not. With a normal interval it is Welch's
 * for large samples, where the t distribution is the normal one.
 */
export function differenceOf(a: Measured, b: Measured): Measured {
  return { value: a.value - b.value, standardError: Math.hypot(a.standardError, b.standardError) };
}
