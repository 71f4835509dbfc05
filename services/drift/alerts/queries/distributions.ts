import type { ComparedWindows } from '@scoreline/core/drift/compared-windows.ts';
import { BANDS_SUBJECT } from '../../reference-rows.ts';
import { inEarlier, inWindow, ofVersion, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Σ (p − q) ln(p / q) with ½ added to each bin that either side has. */
export function psiQuery(counts: CountRows, subject: string, context: QueryContext): string {
  return `SELECT sum((p - q) * ln(p / q)) AS value
FROM
(
  SELECT (n + 0.5) / (sum(n) OVER () + count() OVER () / 2) AS p, (m + 0.5) / (sum(m) OVER () + count() OVER () / 2) AS q
  FROM
${besideReference(counts, subject, context)}
)`;
}

/** Cramér's V at equal weights, rare categories merged rarest first until no expectation is below 5. */
export function chiSquareQuery(counts: CountRows, subject: string, context: QueryContext): string {
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

/** Largest distance of the two empirical distribution functions; beside earlier windows at the borders of KS cells. */
export function ksQuery(value: string, subject: string, context: QueryContext): string {
  const ofSample = `${ofVersion(context.window)} AND subject = ${text(subject)}`;
  const { comparedWith } = context;
  const points = comparedWith
    ? cellsOfRows(value, ofSample, context, comparedWith)
    : `    SELECT assumeNotNull(${value}) AS x, 1 AS n, 0 AS m FROM scores WHERE ${inWindow(context)} AND ${value} IS NOT NULL
    UNION ALL
    SELECT value AS x, 0 AS n, count AS m FROM reference_samples FINAL WHERE ${ofSample}`;
  return `SELECT max(abs(current - reference)) AS value
FROM
(
  SELECT sum(sum(n)) OVER (ORDER BY x) / sum(sum(n)) OVER () AS current, sum(sum(m)) OVER (ORDER BY x) / sum(sum(m)) OVER () AS reference
  FROM
  (
${points}
  )
  GROUP BY x
)`;
}

/** KS cells of the window's rows (n) and of the earlier windows' (m): a sample point, or the gap above it. */
function cellsOfRows(
  value: string,
  ofSample: string,
  context: QueryContext,
  comparedWith: ComparedWindows,
): string {
  const valuesOf = (rows: string, isCurrent: 0 | 1): string =>
    `SELECT 1 AS one, assumeNotNull(${value}) AS v, ${isCurrent} AS is_current FROM scores WHERE ${rows} AND ${value} IS NOT NULL`;
  return `    SELECT if(p.position > 0 AND p.value = r.v, 2 * p.position - 1, 2 * p.position) AS x, is_current AS n, 1 - is_current AS m
    FROM
    (
      ${valuesOf(inWindow(context), 1)}
      UNION ALL
      ${valuesOf(inEarlier(context, comparedWith), 0)}
    ) AS r
    ASOF LEFT JOIN (SELECT 1 AS one, value, position FROM reference_samples FINAL WHERE ${ofSample}) AS p ON r.one = p.one AND r.v >= p.value`;
}

/** A SELECT of `bin` (bands: `label`) and how many (`n`) of the rows of `scores` under a condition. */
export type CountRows = (rows: string) => string;

/** Rows per bin, for `psiQuery` and `chiSquareQuery`. */
export function countsBy(bin: string): CountRows {
  return (rows) => `SELECT toUInt16(${bin}) AS bin, count() AS n FROM scores WHERE ${rows} GROUP BY bin`;
}

/** Current and reference counts (n, m) side by side, over all bins but __missing__ that either side has. */
function besideReference(counts: CountRows, subject: string, context: QueryContext): string {
  const { window, comparedWith } = context;
  const key = subject === BANDS_SUBJECT ? 'label' : 'bin';
  const earlier =
    comparedWith &&
    `
    LEFT JOIN (${counts(inEarlier(context, comparedWith))}) AS e ON r.${key} = e.${key}`;
  return `  (
    SELECT kind, c.n AS n, ${earlier ? 'e.n' : 'r.count'} AS m
    FROM (SELECT bin, label, kind, count FROM reference_bins FINAL WHERE ${ofVersion(window)} AND subject = ${text(subject)} AND kind != 'missing') AS r
    LEFT JOIN (${counts(inWindow(context))}) AS c ON r.${key} = c.${key}${earlier ?? ''}
    WHERE n + m > 0
  )`;
}
