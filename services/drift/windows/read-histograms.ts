import type { Distribution, Reference } from '@scoreline/core/contracts/reference.ts';
import type { Histogram, KsCounts, WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import { missingBinOf } from '@scoreline/core/drift/reference.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, scopeParams } from './sql.ts';

type Counts = Readonly<Record<string, number>>;

interface ScoreWindowRow {
  readonly segment: string;
  readonly startMs: number;
  readonly bins: Counts;
  readonly cells: Counts;
  readonly offsets: Counts;
  readonly bands: Counts;
  readonly unusualCount: number;
  readonly unusualSum: number;
  readonly unusualSquares: number;
}

interface FeatureWindowRow {
  readonly segment: string;
  readonly startMs: number;
  readonly feature: string;
  readonly bins: Counts;
  readonly cells: Counts;
  readonly offsets: Counts;
}

/** Segment (`''` for all leads) to a window's start to its histogram. */
export type HistogramsBySegment = ReadonlyMap<string, ReadonlyMap<number, WindowHistogram>>;

/** Which windows of a scope. */
export interface WantedWindows {
  readonly size: string;
  readonly startsMs: readonly number[];
  /** `''` for all leads. */
  readonly segments: readonly string[];
}

/** The histograms of these windows; one that was never computed, or holds no lead of the segment, is left out. */
export async function readHistograms(
  database: Database,
  scope: Scope,
  { size, startsMs, segments }: WantedWindows,
  reference: Reference,
): Promise<HistogramsBySegment> {
  if (startsMs.length === 0) return new Map();
  const where = `${IN_SCOPE} AND window_size = {size:String} AND has({segments:Array(String)}, segment)
      AND toUnixTimestamp64Milli(window_start) IN (${startsMs.join(', ')})
      AND window_start >= fromUnixTimestamp64Milli({from:Int64}) AND window_start <= fromUnixTimestamp64Milli({to:Int64})`;
  const params = {
    ...scopeParams(scope),
    size,
    segments,
    from: Math.min(...startsMs),
    to: Math.max(...startsMs),
  };
  const [scores, features] = await Promise.all([
    database.query<ScoreWindowRow>(
      `SELECT segment, toUnixTimestamp64Milli(window_start) AS startMs, score_bins AS bins, score_cells AS cells,
        score_offsets AS offsets, bands,
        unusual_count AS unusualCount, unusual_sum AS unusualSum, unusual_squares AS unusualSquares
      FROM score_windows_raw FINAL WHERE ${where}`,
      params,
    ),
    database.query<FeatureWindowRow>(
      `SELECT segment, toUnixTimestamp64Milli(window_start) AS startMs, feature, bins, cells, offsets
      FROM feature_windows_raw FINAL WHERE ${where}`,
      params,
    ),
  ]);
  const featuresOf = Map.groupBy(features, ({ segment, startMs }) => `${startMs} ${segment}`);
  const histograms = new Map<string, Map<number, WindowHistogram>>(segments.map((name) => [name, new Map()]));
  for (const row of scores) {
    const ofWindow = featuresOf.get(`${row.startMs} ${row.segment}`) ?? [];
    histograms.get(row.segment)?.set(row.startMs, toWindowHistogram(row, ofWindow, reference));
  }
  return histograms;
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
    ...(reference.joint && {
      joint: { count: row.unusualCount, sum: row.unusualSum, squares: row.unusualSquares },
    }),
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
