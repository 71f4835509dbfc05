import type { Calibration } from '../contracts/manifest.ts';

/**
 * Compiles a calibration curve into a function from the model's raw output to the score: linear between the
 * points (raw strictly rising), constant outside them, the identity where there is no curve. A raw output that is
 * not finite never becomes a score: under a curve it is NaN. Costs a binary search: O(log points).
 */
export function createCalibrator(calibration: Calibration | null): (raw: number) => number {
  if (calibration === null) return (raw) => raw;
  const raws = Float64Array.from(calibration.points, ([raw]) => raw);
  const scores = Float64Array.from(calibration.points, ([, score]) => score);
  return (raw) => interpolate(raws, scores, raw);
}

function interpolate(raws: Float64Array, scores: Float64Array, raw: number): number {
  if (!Number.isFinite(raw)) return NaN;
  const upper = firstAbove(raws, raw);
  const low = at(scores, Math.max(upper - 1, 0));
  if (upper === 0 || upper === raws.length) return low;
  const start = at(raws, upper - 1);
  const share = (raw - start) / (at(raws, upper) - start);
  const high = at(scores, upper);
  // Rounding may lift the last bit above the next point, and a curve that never falls would.
  return Math.min(low + share * (high - low), high);
}

/** Index of the first point whose raw is above `raw`; the length where none is. */
function firstAbove(raws: Float64Array, raw: number): number {
  let from = 0;
  let to = raws.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (at(raws, middle) > raw) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** A typed array read inside its bounds is never undefined. */
function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
