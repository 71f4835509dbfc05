import type { Distribution, Reference } from '../contracts/reference.ts';
import { missingBinOf, otherBinOf } from './reference.ts';

/** What the model saw, before encoding; null is missing, and so is NaN. Booleans come as 0 and 1. */
export type Input = number | string | null;

/** Index of a value's bin: ordinary 0…B−1, `__other__` B, `__missing__` B + 1. */
export type BinIndexOf = (value: Input) => number;

/**
 * The rule that puts a feature's values into its reference bins. Edges are right-closed
 * (`edges[i-1] < x ≤ edges[i]`) and searched in O(log B), values and levels looked up. A text among numbers and a
 * value or level that the reference never saw go to `__other__`.
 */
export function binIndexOf(distribution: Distribution): BinIndexOf {
  const { bins } = distribution;
  const other = otherBinOf(distribution);
  const missing = missingBinOf(distribution);
  if (bins.type === 'edges') return edgeBin(bins.edges, other, missing);
  if (bins.type === 'values') {
    return lookUp(new Map<Input, number>(bins.values.map((value, i) => [value, i])), other, missing);
  }
  const byLevel = lookUp(new Map<Input, number>(bins.levels.map((level, i) => [level, i])), other, missing);
  return (value) => byLevel(typeof value === 'number' && !Number.isNaN(value) ? String(value) : value);
}

/** Bins a row: `out[i]` becomes the bin of `inputs[from + i]`, `from` being 0 where it is left out. Allocates nothing. */
export type Binner = (inputs: readonly Input[], out: number[] | Int32Array, from?: number) => void;

/** A binner for inputs in the reference's (which is the manifest's) feature order. */
export function createBinner(reference: Reference): Binner {
  const rules = reference.features.map(binIndexOf);
  return (inputs, out, from = 0) => {
    // By index: an iterator would be an object a bin.
    for (let i = 0; i < rules.length; i += 1) out[i] = rules[i]?.(inputs[from + i] ?? null) ?? 0;
  };
}

function edgeBin(edges: readonly number[], other: number, missing: number): BinIndexOf {
  const sorted = Float64Array.from(edges);
  return (value) => {
    if (value === null || Number.isNaN(value)) return missing;
    return typeof value === 'number' ? countBelow(sorted, value) : other;
  };
}

function lookUp(indexOf: ReadonlyMap<Input, number>, other: number, missing: number): BinIndexOf {
  return (value) => {
    if (value === null || Number.isNaN(value)) return missing;
    return indexOf.get(value) ?? other;
  };
}

/** How many of the sorted numbers are below `x`: the index of the first that isn't. O(log n). */
export function countBelow(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
