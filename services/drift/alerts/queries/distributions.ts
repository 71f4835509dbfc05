import type { ComparedWindows } from '@scoreline/core/drift/compared-windows.ts';
import type { Statistic } from '@scoreline/core/drift/result.ts';
import { besideReference, type CountRows, countsBy } from './beside-reference.ts';
import type { Compared } from './compared.ts';
import { inEarlier, inWindow, ofVersion, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';
import { wassersteinQuery } from './wasserstein.ts';

/** The value of any statistic of two distributions. */
export function distributionQuery(statistic: Statistic, of: Compared, context: QueryContext): string {
  if (statistic === 'ks') return ksQuery(of.number, of.subject, context);
  if (statistic === 'wasserstein') return wassersteinQuery(of, context);
  const counts = countsBy(of.bin);
  if (statistic === 'chi2') return chiSquareQuery(counts, of.subject, context);
  return divergenceQuery(DIVERGENCES[statistic] ?? DIVERGENCES.psi, counts, of.subject, context);
}

/** Sums over bins with their shares p and q, and how much is added to each count. */
interface DivergenceSql {
  readonly value: string;
  readonly added: number;
}

const bits = (share: string): string => `if(${share} = 0, 0, ${share} * log2(2 * ${share} / (p + q)))`;

const DIVERGENCES: Partial<Record<Statistic, DivergenceSql>> & { readonly psi: DivergenceSql } = {
  psi: { value: 'sum((p - q) * ln(p / q))', added: 0.5 },
  kl: { value: 'greatest(0, sum(p * ln(p / q)))', added: 0.5 },
  js: { value: `sqrt(least(1, greatest(0, sum(${bits('p')} + ${bits('q')}) / 2)))`, added: 0 },
};

function divergenceQuery(
  { value, added }: DivergenceSql,
  counts: CountRows,
  subject: string,
  context: QueryContext,
): string {
  const shareOf = (count: string): string =>
    `(${count} + ${added}) / (sum(${count}) OVER () + count() OVER () * ${added})`;
  return `SELECT ${value} AS value
FROM
(
  SELECT ${shareOf('n')} AS p, ${shareOf('m')} AS q
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
function ksQuery(value: string, subject: string, context: QueryContext): string {
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
