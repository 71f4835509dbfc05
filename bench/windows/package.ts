import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Distribution } from '@scoreline/core/contracts/reference.ts';
import { type WrittenPackage, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';

/** The version whose windows are computed anew. */
export const VERSION = { model: 'wide', modelVersion: '1.0.0' };

/** Of these, the first are numeric with a sample for Kolmogorov–Smirnov, the others categorical. */
export const FEATURES = 20;
export const NUMERIC = 12;
/** Levels of a categorical feature: 'level-0', … */
export const LEVELS = 5;
/** Share of missing values. */
export const MISSING = 0.02;
/** Numbers are spread evenly from 0 to here, in ten bins. */
export const SPAN = 1_000;

const REFERENCE_ROWS = 30_000;
const BINS = 10;
const SAMPLE = 1_000;

/** Writes a package of 20 features with a policy of nothing but defaults; its model never scores. */
export function writeWidePackage(): Promise<WrittenPackage> {
  const features = Array.from({ length: FEATURES }, (_, i) =>
    i < NUMERIC ? describeNumeric(i) : describeLevels(i),
  );
  return writeTinyPackage((parts) => {
    parts.folder = `${VERSION.model}/${VERSION.modelVersion}`;
    parts.manifest = {
      ...parts.manifest,
      name: VERSION.model,
      features: features.map(({ feature }) => feature),
      tensor: { input: 'input', width: FEATURES },
      importance: Object.fromEntries(features.map(({ feature }) => [feature.name, 1 / FEATURES])),
    };
    parts.reference = {
      rows: REFERENCE_ROWS,
      features: features.map(({ distribution }) => distribution),
      score: spreadEvenly('score', 1, 0),
      bands: { low: REFERENCE_ROWS / 2, high: REFERENCE_ROWS / 2 },
    };
    const event = Object.fromEntries(features.map(({ feature }) => [feature.name, null]));
    parts.golden = { tolerance: 1e-5, rows: [{ event, score: 0 }] };
  });
}

interface Described {
  readonly feature: Manifest['features'][number];
  readonly distribution: Distribution;
}

function describeNumeric(index: number): Described {
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

function describeLevels(index: number): Described {
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

function spreadEvenly(name: string, span: number, missing: number): Distribution {
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
