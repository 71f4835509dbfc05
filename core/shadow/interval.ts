/** A value with the bounds between which the true one lies with 95 % confidence; null where they can't be told. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The 97.5 % quantile of the standard normal distribution: half the width of a 95 % interval, in standard errors. */
export const Z_95 = 1.959963984540054;

/** The estimate of a normally distributed statistic. */
export function normalEstimate(value: number, standardError: number): Estimate {
  return { value, low: value - Z_95 * standardError, high: value + Z_95 * standardError };
}
