import { normalQuantile } from '../drift/special/normal-quantile.ts';

/** A value, and the bounds between which the true one lies with the confidence that was asked for. */
export interface IntervalEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The estimate of a normally distributed statistic, at confidence 1 − `alpha`. */
export function normalInterval(value: number, standardError: number, alpha: number): IntervalEstimate {
  const halfWidth = normalQuantile(alpha / 2) * standardError;
  return { value, low: value - halfWidth, high: value + halfWidth };
}
