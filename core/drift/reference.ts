import type { Distribution, Reference } from '../contracts/reference.ts';

/** Name of the bin for values that the reference never saw; its index is `otherBinOf`. */
export const OTHER = '__other__';

/** Name of the bin for missing values; its index is `missingBinOf`. */
export const MISSING = '__missing__';

/** Index of `__other__`: one past the ordinary bins 0…B−1. */
export function otherBinOf(distribution: Distribution): number {
  return distribution.counts.length;
}

/** Index of `__missing__`: the last, so a histogram has `missingBinOf(d) + 1` counts. */
export function missingBinOf(distribution: Distribution): number {
  return distribution.counts.length + 1;
}

/** The reference's counts over all B + 2 bins: ordinary ones, `__other__`, `__missing__`. */
export function referenceCounts(distribution: Distribution): readonly number[] {
  return [...distribution.counts, distribution.other, distribution.missing];
}

/** What a person calls a bin: its level, its value, or its interval such as `(1.3, 4.9]`. */
export function binLabel(distribution: Distribution, bin: number): string {
  if (bin === otherBinOf(distribution)) return OTHER;
  if (bin === missingBinOf(distribution)) return MISSING;
  const { bins } = distribution;
  if (bins.type === 'levels') return `'${bins.levels[bin] ?? bin}'`;
  if (bins.type === 'values') return `${bins.values[bin] ?? bin}`;
  const low = shortNumber(bins.edges[bin - 1]);
  const high = shortNumber(bins.edges[bin]);
  if (low === '') return `≤ ${high}`;
  return high === '' ? `> ${low}` : `(${low}, ${high}]`;
}

function shortNumber(edge: number | undefined): string {
  return edge === undefined ? '' : `${Number(edge.toPrecision(6))}`;
}

/**
 * What is wrong with a reference that its JSON Schema can't say: counts that don't fit the bins, edges or samples
 * that don't rise, double levels. Empty where all is well.
 */
export function referenceProblems(reference: Reference): readonly string[] {
  const ofOne = [...reference.features, reference.score].flatMap((distribution) =>
    distributionProblems(distribution).map((problem) => `${distribution.name}: ${problem}`),
  );
  return [...ofOne, ...jointProblems(reference)];
}

function jointProblems({ features, joint }: Reference): readonly string[] {
  if (joint === undefined) return [];
  const fits =
    joint.numbers.length === features.length &&
    features.every((feature, i) => joint.numbers[i]?.length === missingBinOf(feature) + 1) &&
    joint.whitening.every((row) => row.length === features.length);
  return fits ? [] : ['joint: needs a number for each bin of each feature, and rows of as many as features'];
}

function distributionProblems({ bins, counts, sample, test }: Distribution): readonly string[] {
  const problems: string[] = [];
  const expected = expectedBins(bins);
  if (counts.length !== expected) problems.push(`${counts.length} counts for ${expected} bins`);
  if (bins.type === 'edges' && !isRising(bins.edges)) problems.push('edges must rise');
  if (bins.type === 'values' && new Set(bins.values).size < bins.values.length)
    problems.push('a value twice');
  if (bins.type === 'levels' && new Set(bins.levels).size < bins.levels.length)
    problems.push('a level twice');
  if (sample?.some((value, i) => i > 0 && value < (sample[i - 1] ?? value)))
    problems.push('sample must be sorted');
  if (test === 'ks' && (sample === undefined || sample.length === 0)) problems.push('test ks needs a sample');
  return problems;
}

function expectedBins(bins: Distribution['bins']): number {
  if (bins.type === 'edges') return bins.edges.length + 1;
  return bins.type === 'values' ? bins.values.length : bins.levels.length;
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((value, i) => i === 0 || value > (numbers[i - 1] ?? -Infinity));
}
