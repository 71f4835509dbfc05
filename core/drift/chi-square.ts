import { fisherExact } from './fisher-exact.ts';
import { chiSquareSf } from './special/chi-square-distribution.ts';

/** Expectations below this make χ² unfit (Cochran 1954). */
const SMALLEST_EXPECTATION = 5;

/** How two histograms of categories differ. */
export interface ChiSquare {
  /** Pearson's χ² of the merged 2×k table, without Yates' correction. */
  readonly statistic: number;
  /** k − 1 after merging. */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Where the p comes from: `none` where only one category is left, and p = 1. */
  readonly method: 'chi2' | 'fisher' | 'none';
  /** √(χ² / total), 0…1. It shrinks as one sample outgrows the other. */
  readonly cramersV: number;
  /** V of the same table with both rows scaled to one size, 0…1: an effect that doesn't depend on sample sizes. */
  readonly balancedV: number;
}

/** Two rows of counts over the same categories. */
interface Table {
  readonly current: readonly number[];
  readonly reference: readonly number[];
}

/**
 * χ² test of homogeneity: do two samples share one distribution over k categories? Both are samples, hence the 2×k
 * table and not goodness of fit to the reference.
 *
 * Categories that neither saw are left out. Where some expectation is below 5, the rarest are merged, one by one,
 * into the category at index `otherIndex` (its own where it is absent) until none is; what ends as a 2×2 table and
 * still has one gets Fisher's exact p. One category left, or an empty sample: p = 1, V = 0. Symmetric in the
 * samples; permuting categories changes nothing. O(k log k). Source: Pearson (1900); Cramér (1946) for V.
 */
export function chiSquare(
  current: readonly number[],
  reference: readonly number[],
  otherIndex = -1,
): ChiSquare {
  const table = mergeRare({ current, reference }, otherIndex);
  const k = table.current.length;
  if (k < 2 || sum(table.current) === 0 || sum(table.reference) === 0) {
    return { statistic: 0, degreesOfFreedom: 0, pValue: 1, method: 'none', cramersV: 0, balancedV: 0 };
  }
  const statistic = pearson(table);
  const total = sum(table.current) + sum(table.reference);
  const fisher = k === 2 && smallestExpectation(table) < SMALLEST_EXPECTATION;
  const [a = 0, b = 0] = table.current;
  const [c = 0, d = 0] = table.reference;
  return {
    statistic,
    degreesOfFreedom: k - 1,
    pValue: fisher ? fisherExact(a, b, c, d) : chiSquareSf(statistic, k - 1),
    method: fisher ? 'fisher' : 'chi2',
    cramersV: Math.min(1, Math.sqrt(statistic / total)),
    balancedV: balancedV(table),
  };
}

/** Σ (Oᵢⱼ − Eᵢⱼ)² / Eᵢⱼ; for two rows of sizes N, M: Σⱼ (cⱼM − rⱼN)² / (N M (cⱼ + rⱼ)). */
function pearson({ current, reference }: Table): number {
  const n = sum(current);
  const m = sum(reference);
  return current.reduce((chi2, c, j) => {
    const r = reference[j] ?? 0;
    return chi2 + (c * m - r * n) ** 2 / (n * m * (c + r));
  }, 0);
}

/** √(½ Σ (p − q)² / (p + q)): Cramér's V of the table of shares. */
function balancedV({ current, reference }: Table): number {
  const n = sum(current);
  const m = sum(reference);
  const squared = current.reduce((v2, c, j) => {
    const p = c / n;
    const q = (reference[j] ?? 0) / m;
    return v2 + (p - q) ** 2 / (p + q) / 2;
  }, 0);
  return Math.min(1, Math.sqrt(squared));
}

/** The table over categories that somebody saw, the rare ones merged. */
function mergeRare({ current, reference }: Table, otherIndex: number): Table {
  const columns = Array.from({ length: Math.max(current.length, reference.length) }, (_, i) => ({
    isOther: i === otherIndex,
    current: current[i] ?? 0,
    reference: reference[i] ?? 0,
  })).filter((column) => column.current + column.reference > 0);
  const other = columns.find((column) => column.isOther) ?? { current: 0, reference: 0 };
  const rarestFirst = columns.filter((column) => !column.isOther).sort(compareRarity);
  const smallerSample = Math.min(sum(columns.map(currentOf)), sum(columns.map(referenceOf)));
  const total = sum(columns.map(totalOf));
  const isRare = (count: number): boolean => (smallerSample * count) / total < SMALLEST_EXPECTATION;

  let merged = other;
  let kept = 0;
  while (rarestFirst.length - kept > 1) {
    const next = rarestFirst[kept];
    const otherIsRare = totalOf(merged) > 0 && isRare(totalOf(merged));
    if (next === undefined || !(isRare(totalOf(next)) || otherIsRare)) break;
    merged = { current: merged.current + next.current, reference: merged.reference + next.reference };
    kept++;
  }
  const remaining = rarestFirst.slice(kept);
  const all = totalOf(merged) > 0 ? [...remaining, merged] : remaining;
  return { current: all.map(currentOf), reference: all.map(referenceOf) };
}

interface Column {
  readonly current: number;
  readonly reference: number;
}

const currentOf = (column: Column): number => column.current;
const referenceOf = (column: Column): number => column.reference;
const totalOf = (column: Column): number => column.current + column.reference;

/** Ties by the reference's count, so that the order in which levels are listed can't matter. */
function compareRarity(a: Column, b: Column): number {
  return totalOf(a) - totalOf(b) || a.reference - b.reference;
}

function smallestExpectation({ current, reference }: Table): number {
  const n = sum(current);
  const m = sum(reference);
  const rarest = Math.min(...current.map((c, j) => c + (reference[j] ?? 0)));
  return (Math.min(n, m) * rarest) / (n + m);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0);
}
