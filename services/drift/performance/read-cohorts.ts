import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { estimateCohort } from '@scoreline/core/performance/estimate-cohort.ts';
import {
  type BandOutcomes,
  type CohortSums,
  type MeasurePolicy,
  measureClassifier,
  measureRanker,
  measureRegressor,
} from '@scoreline/core/performance/measure-cohort.ts';
import { type MetricRow, toMetricRow } from '@scoreline/core/performance/metric-row.ts';
import type { RankedGroups } from '@scoreline/core/performance/metrics/ndcg.ts';
import { foldScores } from '@scoreline/core/performance/score-cells.ts';
import type { DueCohort } from '@scoreline/core/performance/plan-cohorts.ts';
import type { Database, QueryParams } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { readForgotten } from '../windows/forgotten.ts';
import { scopeParams } from '../windows/sql.ts';
import {
  classifiedSql,
  labelledRowsSql,
  MOST_DISTINCT_SCORES,
  ROUNDED_TO,
  scoresSql,
  totalsSql,
} from './cohort-sql.ts';

/** What a cohort holds now. */
export interface CohortNow {
  readonly startMs: number;
  /** With those that have been forgotten: what it lacks by erasure is not taken by retention. */
  readonly scored: number;
  readonly fingerprint: string;
  readonly rows: readonly MetricRow[];
}

/** What measuring must know of the model. */
export interface MeasureContext extends MeasurePolicy {
  readonly task: Manifest['task'];
  readonly withoutOutcome: 'negative' | 'unknown';
}

interface Totals {
  readonly startMs: number;
  readonly scored: number;
  readonly leads: number;
  readonly conversions: number | null;
  readonly expectedSum: number;
  readonly squaredError: number | null;
  readonly valuedLeads: number;
  readonly valueSum: number | null;
  readonly valueSquares: number | null;
  readonly fingerprint: string;
  readonly closeTimesMs: readonly number[];
}

type Columns<Names extends string> = Readonly<Record<Names, readonly number[]>>;
type ClassifiedRow = Totals &
  Columns<'scores' | 'counts' | 'positiveCounts'> & { readonly bands: readonly string[] };
type LabelledRow = Columns<'scores' | 'labels'> & {
  readonly startMs: number;
  readonly groups: readonly string[];
};

/** Reads and measures cohorts of one kind and size, which lie close together; those without rows are left out. */
export async function readCohorts(
  database: Database,
  scope: Scope,
  due: readonly DueCohort[],
  context: MeasureContext,
): Promise<readonly CohortNow[]> {
  const windows = due.map(({ window }) => window);
  const params = {
    ...scopeParams(scope),
    starts: windows.map(({ startMs }) => startMs).sort((a, b) => a - b),
    without: context.withoutOutcome,
    grid: due.some(({ scored }) => scored > MOST_DISTINCT_SCORES) ? ROUNDED_TO : 0,
  };
  const isEstimated = due[0]?.kind === 'estimated';
  const read = isEstimated ? readEstimates : context.task === 'classification' ? readClassified : readOthers;
  const cohorts = await read(database, windows, params, context);
  const forgotten = await readForgotten(database, scope, windows);
  return cohorts.map((cohort) => ({
    ...cohort,
    scored: cohort.scored + (forgotten.get(cohort.startMs) ?? 0),
  }));
}

type Windows = readonly { readonly startMs: number; readonly endMs: number }[];

async function readEstimates(
  database: Database,
  windows: Windows,
  params: QueryParams,
  { isCalibrated, threshold }: MeasureContext,
): Promise<readonly CohortNow[]> {
  type Row = Columns<'scores' | 'counts'> & Pick<Totals, 'startMs' | 'scored' | 'fingerprint'>;
  const rows = await database.query<Row>(scoresSql(windows), params);
  return rows.map(({ startMs, scored, fingerprint, scores, counts }) => {
    const cells = foldScores(floats(scores), floats(counts), new Float64Array(scores.length));
    const found = isCalibrated ? estimateCohort(cells, threshold) : [notCalibrated(scored)];
    return { startMs, scored, fingerprint, rows: found };
  });
}

function notCalibrated(scored: number): MetricRow {
  const none = toMetricRow('auc', { value: null, reason: 'no_leads', sampleSize: scored });
  return { ...none, reason: 'not_calibrated' };
}

async function readClassified(
  database: Database,
  windows: Windows,
  params: QueryParams,
  context: MeasureContext,
): Promise<readonly CohortNow[]> {
  const rows = await database.query<ClassifiedRow>(classifiedSql(windows), params);
  return rows.map((row) => {
    const cells = foldScores(floats(row.scores), floats(row.counts), floats(row.positiveCounts));
    return toCohort(row, measureClassifier(withLeads(cells), bandsOf(row), sumsOf(row), context));
  });
}

/** Without the scores of which no lead has a label. */
function withLeads(cells: ReturnType<typeof foldScores>): ReturnType<typeof foldScores> {
  const hasLeads = (_: number, i: number): boolean => (cells.counts[i] ?? 0) > 0;
  return {
    scores: cells.scores.filter(hasLeads),
    counts: cells.counts.filter(hasLeads),
    positives: cells.positives.filter(hasLeads),
  };
}

async function readOthers(
  database: Database,
  windows: Windows,
  params: QueryParams,
  context: MeasureContext,
): Promise<readonly CohortNow[]> {
  const totals = await database.query<Totals>(totalsSql(windows), params);
  const labelled = await database.query<LabelledRow>(labelledRowsSql(windows), params);
  const rowOf = new Map(labelled.map((row) => [row.startMs, row]));
  return totals.map((total) => {
    const { scores = [], labels = [], groups = [] } = rowOf.get(total.startMs) ?? {};
    const columns = { scores: floats(scores), labels: floats(labels) };
    const measured =
      context.task === 'regression'
        ? measureRegressor(columns.scores, columns.labels, sumsOf(total))
        : measureRanker(toGroups(columns, groups), sumsOf(total), context);
    return toCohort(total, measured);
  });
}

function toGroups(columns: Omit<RankedGroups, 'starts'>, groups: readonly string[]): RankedGroups {
  const starts = groups.flatMap((group, i) => (i === 0 || groups[i - 1] !== group ? [i] : []));
  return { ...columns, starts: Uint32Array.from(starts) };
}

function toCohort({ startMs, scored, fingerprint }: Totals, rows: readonly MetricRow[]): CohortNow {
  return { startMs, scored, fingerprint, rows };
}

function bandsOf({ bands, counts, positiveCounts }: ClassifiedRow): readonly BandOutcomes[] {
  const byBand = new Map<string, { leads: number; conversions: number }>();
  for (const [i, band] of bands.entries()) {
    const outcomes = byBand.get(band) ?? { leads: 0, conversions: 0 };
    outcomes.leads += counts[i] ?? 0;
    outcomes.conversions += positiveCounts[i] ?? 0;
    byBand.set(band, outcomes);
  }
  return [...byBand].map(([band, outcomes]) => ({ band, ...outcomes }));
}

function sumsOf(row: Totals): CohortSums {
  return {
    leads: row.leads,
    unknown: row.scored - row.leads,
    conversions: row.conversions ?? 0,
    expected: row.expectedSum,
    squaredError: row.squaredError ?? 0,
    revenue:
      row.valuedLeads === 0
        ? null
        : { size: row.leads, sum: row.valueSum ?? 0, sumOfSquares: row.valueSquares ?? 0 },
    closeTimesMs: floats(row.closeTimesMs),
  };
}

function floats(values: readonly number[]): Float64Array {
  return Float64Array.from(values);
}
