import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Distribution } from '@scoreline/core/contracts/reference.ts';

/** A made-up feature, and how it was spread in training. */
export interface MadeUpFeature {
  readonly feature: Manifest['features'][number];
  readonly distribution: Distribution;
}

/** Levels of a categorical feature: 'level-0', … */
export const LEVELS = 5;
/** Share of missing values. */
export const MISSING = 0.02;
/** Numbers are spread evenly from 0 to here, in ten bins. */
export const SPAN = 1_000;
/** Rows that every reference says it was made of. */
export const REFERENCE_ROWS = 30_000;

const BINS = 10;
const SAMPLE = 1_000;

/** `number_<index>`: a number, with a sample for Kolmogorov–Smirnov. */
export function describeNumeric(index: number): MadeUpFeature {
  const name = `number_${index}`;
  const feature = {
    name,
    field: name,
    kind: 'numeric',
    encoding: { type: 'pass' },
    missing: { encode: 'nan' },
  } as const;
  return { feature, distribution: spreadEvenly(name, SPAN, MISSING) };
}

/** `level_<index>`: one of {@link LEVELS} levels, each as frequent. */
export function describeLevels(index: number): MadeUpFeature {
  const name = `level_${index}`;
  const levels = Array.from({ length: LEVELS }, (_, level) => `level-${level}`);
  const encoding = { type: 'ordinal', levels, unseen: 'missing' } as const;
  const distribution: Distribution = {
    name,
    bins: { type: 'levels', levels },
    counts: levels.map(() => (REFERENCE_ROWS * (1 - MISSING)) / LEVELS),
    other: 0,
    missing: REFERENCE_ROWS * MISSING,
    test: 'chi2',
  };
  return {
    feature: { name, field: name, kind: 'categorical', encoding, missing: { encode: 'nan' } },
    distribution,
  };
}

/** What is spread evenly from 0 to `span`, a `missing` share of it left out. */
export function spreadEvenly(name: string, span: number, missing: number): Distribution {
  return {
    name,
    bins: { type: 'edges', edges: Array.from({ length: BINS - 1 }, (_, i) => ((i + 1) * span) / BINS) },
    counts: Array.from({ length: BINS }, () => (REFERENCE_ROWS * (1 - missing)) / BINS),
    other: 0,
    missing: REFERENCE_ROWS * missing,
    test: 'ks',
    mean: span / 2,
    std: span / Math.sqrt(12),
    sample: Array.from({ length: SAMPLE }, (_, i) => ((i + 0.5) * span) / SAMPLE),
  };
}
