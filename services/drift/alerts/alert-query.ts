import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { BANDS_SUBJECT, SCORE_SUBJECT } from '../reference-rows.ts';
import type { WindowRole } from '../streams.ts';
import { binOfNumber } from '../windows/sql.ts';

/** What a query must know beside the result itself. */
export interface QueryContext {
  readonly window: WindowIdentity;
  readonly role: WindowRole;
  /** Needed for features and scores, not for pairs and operations. */
  readonly reference?: Reference | undefined;
}

/**
 * ClickHouse SQL that re-derives a result's value from the rows themselves, not from the stored windows; to be
 * pasted into any client whose database is Scoreline's. A later revision of the window changes what it gives.
 */
export function alertQuery(result: DriftResult, context: QueryContext): string {
  return QUERIES[result.signal](result, context);
}

const QUERIES: Record<DriftResult['signal'], (result: DriftResult, context: QueryContext) => string> = {
  feature_drift: featureQuery,
  prediction_drift: predictionQuery,
  missing_rate: missingRateQuery,
  new_category: newCategoryQuery,
  shadow_disagreement: bandFlipQuery,
  latency: latencyQuery,
  error_rate: errorShareQuery,
  throughput: silenceQuery,
};

function featureQuery({ statistic, subject: name }: DriftResult, context: QueryContext): string {
  const index = featureIndex(name, context);
  if (statistic === 'ks') return ksQuery(`input_numbers[${index}]`, name, context);
  const counts = countsBy(`bins[${index}]`, context);
  return statistic === 'psi' ? psiQuery(counts, name, context) : chiSquareQuery(counts, name, context);
}

function predictionQuery({ statistic, subject }: DriftResult, context: QueryContext): string {
  if (subject === 'bands') return chiSquareQuery(bandCounts(context), BANDS_SUBJECT, context);
  if (statistic === 'ks') return ksQuery('toNullable(score)', SCORE_SUBJECT, context);
  const bins = context.reference?.score.bins ?? { type: 'values', values: [] };
  const counts = countsBy(binOfNumber('score', bins), context);
  return statistic === 'psi'
    ? psiQuery(counts, SCORE_SUBJECT, context)
    : chiSquareQuery(counts, SCORE_SUBJECT, context);
}

/** Σ (p − q) ln(p / q) with ½ added to each bin that either side has. */
function psiQuery(counts: string, subject: string, context: QueryContext): string {
  return `SELECT sum((p - q) * ln(p / q)) AS value
FROM
(
  SELECT (n + 0.5) / (sum(n) OVER () + count() OVER () / 2) AS p, (m + 0.5) / (sum(m) OVER () + count() OVER () / 2) AS q
  FROM
${besideReference(counts, subject, context)}
)`;
}

/** Cramér's V at equal weights, rare categories merged rarest first until no expectation is below 5. */
function chiSquareQuery(counts: string, subject: string, context: QueryContext): string {
  return `WITH
  (c, r) -> least(sum_n, sum_m) * (c + r) / (sum_n + sum_m) < 5 AS is_rare,
  arrayMap(k -> (other.1 + arraySum(arraySlice(sorted.1, 1, k)), other.2 + arraySum(arraySlice(sorted.2, 1, k))), range(length(sorted))) AS merged,
  arrayFirstIndex((k, pool) -> k = length(sorted) OR NOT (is_rare(sorted[k].1, sorted[k].2) OR (pool.1 + pool.2 > 0 AND is_rare(pool.1, pool.2))), arrayEnumerate(sorted), merged) AS first_kept,
  arrayFilter(cell -> cell.1 + cell.2 > 0, arrayPushBack(arraySlice(sorted, first_kept), merged[first_kept])) AS cells
SELECT if(length(cells) < 2, 0, least(1, sqrt(arraySum(cell -> pow(cell.1 / sum_n - cell.2 / sum_m, 2) / (cell.1 / sum_n + cell.2 / sum_m), cells) / 2))) AS value
FROM
(
  SELECT sum(n) AS sum_n, sum(m) AS sum_m, (sumIf(n, kind = 'other'), sumIf(m, kind = 'other')) AS other,
    arraySort(cell -> (cell.1 + cell.2, cell.2), groupArrayIf((n, m), kind != 'other')) AS sorted
  FROM
${besideReference(counts, subject, context)}
)`;
}

/** Largest distance of the two empirical distribution functions. */
function ksQuery(value: string, subject: string, context: QueryContext): string {
  return `SELECT max(abs(current - reference)) AS value
FROM
(
  SELECT sum(sum(n)) OVER (ORDER BY x) / sum(sum(n)) OVER () AS current, sum(sum(m)) OVER (ORDER BY x) / sum(sum(m)) OVER () AS reference
  FROM
  (
    SELECT assumeNotNull(${value}) AS x, 1 AS n, 0 AS m FROM scores WHERE ${inWindow(context)} AND ${value} IS NOT NULL
    UNION ALL
    SELECT value AS x, 0 AS n, count AS m FROM reference_samples FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)}
  )
  GROUP BY x
)`;
}

function missingRateQuery({ subject }: DriftResult, context: QueryContext): string {
  const bin = `bins[${featureIndex(subject, context)}]`;
  const missing = `(SELECT bin FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)} AND kind = 'missing')`;
  return `SELECT abs(countIf(${bin} = ${missing}) / count()
  - (SELECT sumIf(count, kind = 'missing') / sum(count) FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)})) AS value
FROM scores
WHERE ${inWindow(context)}`;
}

function newCategoryQuery({ subject }: DriftResult, context: QueryContext): string {
  const bin = `bins[${featureIndex(subject, context)}]`;
  const other = `(SELECT bin FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)} AND kind = 'other')`;
  return `SELECT countIf(${bin} = ${other}) / greatest(1, countIf(${bin} <= ${other})) AS value
FROM scores
WHERE ${inWindow(context)}`;
}

function bandFlipQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT countIf(band_flip) / count() AS value
FROM shadow_pairs
WHERE candidate_model = ${text(window.model)} AND candidate_version = ${text(window.modelVersion)}
  AND event_time >= ${time(window.startMs)} AND event_time < ${time(window.endMs)}`;
}

function errorShareQuery(_: DriftResult, { window }: QueryContext): string {
  const failed = `SELECT count() FROM dead_letters WHERE role != 'shadow' AND failed_at >= ${time(window.startMs)} AND failed_at < ${time(window.endMs)}`;
  const scored = `SELECT count() FROM scores WHERE role IN ('production', 'canary') AND ${scoredIn(window)}`;
  return `WITH (${failed}) AS dead, (${scored}) AS scored\nSELECT dead / greatest(1, dead + scored) AS value`;
}

function latencyQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT quantileExact(0.95)(toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp)) AS value
FROM scores
WHERE ${servedIn(window)}`;
}

function silenceQuery(_: DriftResult, { window }: QueryContext): string {
  return `SELECT ${window.endMs} - toUnixTimestamp64Milli(max(scored_at)) AS value
FROM scores
WHERE ${ofVersion(window)} AND role = 'production' AND scored_at < ${time(window.endMs)}`;
}

/** Current and reference counts (n, m) side by side, over all bins but __missing__ that either side has. */
function besideReference(counts: string, subject: string, { window }: QueryContext): string {
  return `  (
    SELECT kind, c.n AS n, r.count AS m
    FROM (SELECT bin, label, kind, count FROM reference_bins FINAL WHERE ${ofVersion(window)} AND subject = ${text(subject)} AND kind != 'missing') AS r
    LEFT JOIN (${counts}) AS c ON ${subject === BANDS_SUBJECT ? 'r.label = c.label' : 'r.bin = c.bin'}
    WHERE n + m > 0
  )`;
}

function countsBy(bin: string, context: QueryContext): string {
  return `SELECT toUInt16(${bin}) AS bin, count() AS n FROM scores WHERE ${inWindow(context)} GROUP BY bin`;
}

function bandCounts(context: QueryContext): string {
  return `SELECT toString(band) AS label, count() AS n FROM scores WHERE ${inWindow(context)} GROUP BY label`;
}

function inWindow({ window, role }: QueryContext): string {
  return `${ofVersion(window)} AND role = ${text(role)} AND event_time >= ${time(window.startMs)} AND event_time < ${time(window.endMs)}`;
}

function servedIn(window: WindowIdentity): string {
  return `${ofVersion(window)} AND role = 'production' AND ${scoredIn(window)}`;
}

function scoredIn(window: WindowIdentity): string {
  return `scored_at >= ${time(window.startMs)} AND scored_at < ${time(window.endMs)}`;
}

function ofVersion({ model, modelVersion }: WindowIdentity): string {
  return `model = ${text(model)} AND model_version = ${text(modelVersion)}`;
}

/** Position in `bins` and `input_numbers`, which count from 1. */
function featureIndex(name: string, { reference }: QueryContext): number {
  return (reference?.features.findIndex((feature) => feature.name === name) ?? -1) + 1;
}

function time(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `toDateTime64('${iso.slice(0, 10)} ${iso.slice(11, 23)}', 3, 'UTC')`;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
