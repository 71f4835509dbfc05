import type { Bins, Distribution } from '../../contracts/reference.ts';
import { binIndexOf, type Input } from '../binner.ts';

/** Largest sample that a reference keeps for KS. */
const SAMPLE_SIZE = 1_000;

/** A numeric reference as the trainer makes it: deciles with open ends, and a sorted sample of the first values. */
export function numericReference(name: string, values: readonly number[], missing = 0): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const deciles = Array.from(
    { length: 9 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)] ?? 0,
  );
  const bins: Bins = { type: 'edges', edges: [...new Set(deciles)] };
  const counts = countBins(bins, bins.edges.length + 1, values).slice(0, -2);
  const sample = values.slice(0, SAMPLE_SIZE).sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    name,
    bins,
    counts,
    other: 0,
    missing,
    test: 'ks',
    mean,
    std: Math.sqrt(variance),
    sample,
  };
}

/** A categorical reference with these counts. */
export function levelReference(
  name: string,
  counts: Readonly<Record<string, number>>,
  missing = 0,
): Distribution {
  const bins: Bins = { type: 'levels', levels: Object.keys(counts) };
  return { name, bins, counts: Object.values(counts), other: 0, missing, test: 'chi2' };
}

/** Counts of these values over the B + 2 bins. */
function countBins(bins: Bins, size: number, values: readonly Input[]): number[] {
  const counts = Array.from({ length: size }, () => 0);
  const binOf = binIndexOf({ name: '', bins, counts, other: 0, missing: 0, test: 'chi2' });
  const all = Array.from({ length: size + 2 }, () => 0);
  for (const value of values) {
    const bin = binOf(value);
    all[bin] = (all[bin] ?? 0) + 1;
  }
  return all;
}
