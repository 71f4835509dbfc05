import type { Distribution, Reference } from '@scoreline/core/contracts/reference.ts';
import type { Histogram, KsCounts, WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import { missingBinOf } from '@scoreline/core/drift/reference.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, scopeParams } from './sql.ts';

type Counts = Readonly<Record<string, number>>;

interface ScoreWindowRow {
  readonly startMs: number;
  readonly bins: Counts;
  readonly cells: Counts;
  readonly offsets: Counts;
  readonly bands: Counts;
}

interface FeatureWindowRow {
  readonly startMs: number;
  readonly feature: string;
  readonly bins: Counts;
  readonly cells: Counts;
  readonly offsets: Counts;
}

/** The histograms of these windows of one size, by start; a window that was never computed is left out. */
export async function readHistograms(
  database: Database,
  scope: Scope,
  size: string,
  startsMs: readonly number[],
  reference: Reference,
): Promise<ReadonlyMap<number, WindowHistogram>> {
  if (startsMs.length === 0) return new Map();
  const where = `${IN_SCOPE} AND window_size = {size:String}
      AND toUnixTimestamp64Milli(window_start) IN (${startsMs.join(', ')})
      AND window_start >= fromUnixTimestamp64Milli({from:Int64}) AND window_start <= fromUnixTimestamp64Milli({to:Int64})`;
  const params = {
    ...scopeParams(scope),
    size,
    from: Math.min(...startsMs),
    to: Math.max(...startsMs),
  };
  const [scores, features] = await Promise.all([
    database.query<ScoreWindowRow>(
      `SELECT toUnixTimestamp64Milli(window_start) AS startMs, score_bins AS bins, score_cells AS cells,
        score_offsets AS offsets, bands
      FROM score_windows_raw FINAL WHERE ${where}`,
      params,
    ),
    database.query<FeatureWindowRow>(
      `SELECT toUnixTimestamp64Milli(window_start) AS startMs, feature, bins, cells, offsets
      FROM feature_windows_raw FINAL WHERE ${where}`,
      params,
    ),
  ]);
  const featuresOf = Map.groupBy(features, ({ startMs }) => startMs);
  return new Map(
    scores.map((row) => [row.startMs, toWindowHistogram(row, featuresOf.get(row.startMs) ?? [], reference)]),
  );
}

function toWindowHistogram(
  row: ScoreWindowRow,
  features: readonly FeatureWindowRow[],
  reference: Reference,
): WindowHistogram {
  const byName = new Map(features.map((feature) => [feature.feature, feature]));
  return {
    features: reference.features.map((distribution) =>
      toHistogram(distribution, byName.get(distribution.name)),
    ),
    score: toHistogram(reference.score, row),
    bands: row.bands,
  };
}

function toHistogram(
  distribution: Distribution,
  row: Pick<FeatureWindowRow, 'bins' | 'cells' | 'offsets'> | undefined,
): Histogram {
  const counts = Array.from({ length: missingBinOf(distribution) + 1 }, (_, bin) => row?.bins[bin] ?? 0);
  return {
    counts,
    ks: distribution.sample?.length ? toKsCounts(row?.cells ?? {}, row?.offsets ?? {}) : null,
  };
}

function toKsCounts(cells: Counts, offsets: Counts): KsCounts {
  const sorted = Object.entries(cells)
    .map(([cell, count]) => [Number(cell), count] as const)
    .sort(([a], [b]) => a - b);
  return {
    cells: sorted.map(([cell]) => cell),
    counts: sorted.map(([, count]) => count),
    offsets: sorted.map(([cell]) => offsets[cell] ?? 0),
  };
}
