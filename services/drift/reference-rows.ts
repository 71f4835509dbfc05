import type { Distribution, Reference } from '@scoreline/core/contracts/reference.ts';
import { binLabel, missingBinOf, otherBinOf, referenceCounts } from '@scoreline/core/drift/reference.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';

/** Subjects of the reference tables that are no features; in brackets, as a feature may be called `score`. */
export const SCORE_SUBJECT = '(score)';
export const BANDS_SUBJECT = '(bands)';

/** What SQL needs to know of a package: rows of `model_info` and of the `reference_` tables. */
export interface ReferenceRows {
  readonly info: object;
  readonly bins: readonly object[];
  readonly samples: readonly object[];
  /** A row of `reference_joint`; none where the package doesn't say how features go together. */
  readonly joint: readonly object[];
}

/** The package's reference as rows, so that each drift number can be re-derived in ClickHouse alone. */
export function toReferenceRows({ manifest, reference, policy }: ModelPackage): ReferenceRows {
  const version = { model: manifest.name, model_version: manifest.version };
  const distributions = [...reference.features, { ...reference.score, name: SCORE_SUBJECT }];
  return {
    info: {
      ...version,
      task: manifest.task,
      features: reference.features.map(({ name }) => name),
      bands: manifest.bands.map(({ name }) => name).reverse(),
      outcome_horizon_ms: policy.outcomes.horizonMs,
      without_outcome: policy.outcomes.withoutOutcome,
    },
    bins: [...distributions.flatMap(binRows), ...bandRows(reference)].map((row) => ({ ...version, ...row })),
    joint: reference.joint ? [{ ...version, ...reference.joint, row_count: reference.rows }] : [],
    samples: distributions.flatMap(sampleRows).map((row) => ({ ...version, ...row })),
  };
}

function binRows(distribution: Distribution): readonly object[] {
  return referenceCounts(distribution).map((count, bin) => ({
    subject: distribution.name,
    bin,
    kind: kindOf(distribution, bin),
    label: binLabel(distribution, bin),
    upper_edge: distribution.bins.type === 'edges' ? (distribution.bins.edges[bin] ?? null) : null,
    count,
  }));
}

function kindOf(distribution: Distribution, bin: number): 'ordinary' | 'other' | 'missing' {
  if (bin === otherBinOf(distribution)) return 'other';
  return bin === missingBinOf(distribution) ? 'missing' : 'ordinary';
}

function bandRows({ bands }: Reference): readonly object[] {
  return Object.entries(bands).map(([label, count], bin) => ({
    subject: BANDS_SUBJECT,
    bin,
    kind: 'ordinary',
    label,
    upper_edge: null,
    count,
  }));
}

function sampleRows({ name, sample = [] }: Distribution): readonly object[] {
  const counts = new Map<number, number>();
  for (const value of sample) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([value, count], i) => ({ subject: name, value, position: i + 1, count }));
}
