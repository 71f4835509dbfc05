import { spreadOf } from '@scoreline/core/drift/wasserstein.ts';
import { besideReference, countsBy } from './beside-reference.ts';
import { inEarlier, inWindow, ofVersion, text } from './conditions.ts';
import type { Compared } from './compared.ts';
import type { QueryContext } from './query-context.ts';

/**
 * Area between the two distribution functions, in standard deviations of the package's reference: gap by gap of its
 * sample, or of its values where it is binned by value.
 */
export function wassersteinQuery(compared: Compared, context: QueryContext): string {
  const spread = compared.distribution === undefined ? 1 : spreadOf(compared.distribution);
  const isByValue = compared.distribution?.bins.type === 'values';
  const gaps = isByValue ? gapsOfValues(compared, context) : gapsOfSample(compared, context);
  return `SELECT sum(abs(area)) / ${spread} AS value
FROM
(
${gaps}
)`;
}

/** Values up to the next point (n, m), less what they lie above the point itself. */
function gapsOfSample({ subject, number }: Compared, context: QueryContext): string {
  const sample = `SELECT value, position, count FROM reference_samples FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)}`;
  const valuesOf = (rows: string, sides: string): string =>
    `SELECT assumeNotNull(${number}) AS x, ${sides} FROM scores WHERE ${rows} AND ${number} IS NOT NULL`;
  const { comparedWith } = context;
  const reference = comparedWith
    ? valuesOf(inEarlier(context, comparedWith), '0 AS n, 1 AS m')
    : 'SELECT value AS x, 0 AS n, count AS m FROM sample';
  return `  WITH
    sample AS (${sample}),
    inside AS
    (
      SELECT position, sum(r.n) AS n, sum(r.m) AS m, sum(r.n * r.above) AS n_above, sum(r.m * r.above) AS m_above
      FROM
      (
        SELECT r.n AS n, r.m AS m, q.position AS position,
          r.x - if(q.position = 0, assumeNotNull((SELECT min(value) FROM sample)), q.value) AS distance,
          if(isFinite(distance), distance, 0) AS above
        FROM
        (
          SELECT 1 AS one, x, n, m
          FROM
          (
            ${valuesOf(inWindow(context), '1 AS n, 0 AS m')}
            UNION ALL
            ${reference}
          )
        ) AS r
        ASOF LEFT JOIN (SELECT 1 AS one, value, position FROM sample) AS q ON r.one = q.one AND r.x >= q.value
      ) AS r
      GROUP BY position
    ),
    points AS
    (
      SELECT position, leadInFrame(value, 1, value) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - value AS width
      FROM sample
      UNION ALL
      SELECT 0 AS position, 0 AS width
    )
  SELECT (sum(i.n) OVER (ORDER BY p.position) * p.width - i.n_above) / sum(i.n) OVER ()
    - (sum(i.m) OVER (ORDER BY p.position) * p.width - i.m_above) / sum(i.m) OVER () AS area
  FROM points AS p
  LEFT JOIN inside AS i ON p.position = i.position`;
}

function gapsOfValues({ subject, bin }: Compared, context: QueryContext): string {
  return `  SELECT (sum(n) OVER (ORDER BY x) / sum(n) OVER () - sum(m) OVER (ORDER BY x) / sum(m) OVER ())
    * (leadInFrame(x, 1, x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - x) AS area
  FROM
  (
    SELECT toFloat64(label) AS x, n, m
    FROM
${besideReference(countsBy(bin), subject, context)}
    WHERE kind = 'ordinary'
  )`;
}
