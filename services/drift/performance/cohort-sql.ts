import { IN_SCOPE, inWindows, timeLiteral, windowOf } from '../windows/sql.ts';

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Above so many scores, a cohort's are rounded to 2⁻¹⁸ before they are folded: metrics move by less than 1e-5. */
export const MOST_DISTINCT_SCORES = 500_000;
export const ROUNDED_TO = 2 ** 18;
/** Rows of a ranker's or regressor's cohort that are read one by one; of more, an even part. */
const MOST_ROWS = 300_000;
/** Times from lead to conversion; of more, an even part. */
const MOST_TIMES = 100_000;

const SCORE = `if({grid:Float64} = 0, score, round(score * {grid:Float64}) / {grid:Float64})`;
const SOURCE = 'source_topic, source_partition, source_offset';

/** Scores of windows, without labels, folded: one row a window. */
export function scoresSql(windows: readonly Span[]): string {
  return `
  SELECT s AS startMs, groupArray(x) AS scores, groupArray(n) AS counts, sum(n) AS scored,
    toString(groupBitXor(h)) AS fingerprint
  FROM
  (
    SELECT ${windowOf('event_time')} AS s, ${SCORE} AS x, count() AS n, groupBitXor(cityHash64(${SOURCE}, score)) AS h
    FROM lead_scores FINAL
    WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)}
    GROUP BY s, x
  )
  GROUP BY s`;
}

/** The hash of a NULL is NULL, and that of all would be. */
function textOf(column: string): string {
  return `ifNull(toString(${column}), '')`;
}

/** What adds up of any cohort, over rows of `labelled`. */
const SUMS = `count() AS n, count(label) AS labelled, sum(label) AS label_sum, sumIf(score, label IS NOT NULL) AS expected,
      sum(pow(score - label, 2)) AS squared_error, count(value) AS valued, sum(value) AS value_sum,
      sum(value * value) AS value_squares, groupBitXor(cityHash64(${SOURCE}, score, ${textOf('label')}, ${textOf('value')})) AS h,
      groupArrayIf(assumeNotNull(close_ms), label > 0 AND close_ms >= 0) AS close_times`;

const TOTALS = `sum(n) AS scored, sum(labelled) AS leads, sum(label_sum) AS conversions, sum(expected) AS expectedSum,
    sum(squared_error) AS squaredError, sum(valued) AS valuedLeads, sum(value_sum) AS valueSum,
    sum(value_squares) AS valueSquares, toString(groupBitXor(h)) AS fingerprint,
    arraySlice(arrayPartialShuffle(groupArrayArray(close_times), ${MOST_TIMES}, 1), 1, ${MOST_TIMES}) AS closeTimesMs`;

/** A classifier's windows with their labels, folded by score and band: one row a window. */
export function classifiedSql(windows: readonly Span[]): string {
  return `
  ${labelledCtes(windows)}
  SELECT s AS startMs, groupArray(x) AS scores, groupArray(b) AS bands, groupArray(labelled) AS counts,
    groupArray(positives) AS positiveCounts, ${TOTALS}
  FROM
  (
    SELECT s, ${SCORE} AS x, band AS b, countIf(label > 0) AS positives, ${SUMS}
    FROM labelled
    GROUP BY s, x, b
  )
  GROUP BY s`;
}

/** A regressor's or ranker's windows: what adds up, one row a window. */
export function totalsSql(windows: readonly Span[]): string {
  return `
  ${labelledCtes(windows)}
  SELECT s AS startMs, ${TOTALS}
  FROM (SELECT s, ${SUMS} FROM labelled GROUP BY s)
  GROUP BY s`;
}

/** Its labelled rows, groups together: one row a window. */
export function labelledRowsSql(windows: readonly Span[]): string {
  return `
  ${labelledCtes(windows)}
  SELECT s AS startMs, groupArray(score) AS scores, groupArray(assumeNotNull(label)) AS labels, groupArray(group_id) AS groups
  FROM
  (
    SELECT s, score, label, group_id FROM labelled
    WHERE label IS NOT NULL
    ORDER BY s, if(group_id = '', cityHash64(${SOURCE}), cityHash64(group_id)), group_id
    LIMIT ${MOST_ROWS} BY s
  )
  GROUP BY s`;
}

/**
 * `labelled`: the scores of these windows with what became of them, as the view `labelled_scores` has it, but reading
 * only their own outcomes. An outcome without an event id answers the lead's newest event before it, so other events of
 * those leads are looked at, from the windows on.
 */
function labelledCtes(windows: readonly Span[]): string {
  const fromMs = Math.min(...windows.map(({ startMs }) => startMs));
  return `WITH
  cohort AS
  (
    SELECT ${windowOf('event_time')} AS s, lead_id, event_id, group_id, event_time, score, band, ${SOURCE}
    FROM lead_scores FINAL
    WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)}
  ),
  told AS
  (
    SELECT lead_id, event_id, coalesce(label, toFloat64(converted)) AS answer, value AS revenue, occurred_at, recorded_at
    FROM lead_outcomes FINAL
    WHERE lead_id IN (SELECT lead_id FROM cohort)
    ORDER BY recorded_at DESC
    LIMIT 1 BY lead_id, event_id
  ),
  events AS
  (
    SELECT DISTINCT lead_id, event_time, ${SOURCE}
    FROM lead_scores
    WHERE lead_id IN (SELECT lead_id FROM told WHERE event_id = '') AND event_time >= ${timeLiteral(fromMs)}
      AND event_time <= (SELECT max(occurred_at) FROM told WHERE event_id = '')
  ),
  answers AS
  (
    SELECT c.source_topic AS source_topic, c.source_partition AS source_partition, c.source_offset AS source_offset,
      o.answer AS answer, o.revenue AS revenue, o.occurred_at AS occurred_at, o.recorded_at AS recorded_at
    FROM (SELECT * FROM told WHERE event_id != '') AS o
    INNER JOIN cohort AS c ON o.lead_id = c.lead_id AND o.event_id = c.event_id
    UNION ALL
    SELECT e.source_topic, e.source_partition, e.source_offset, o.answer, o.revenue, o.occurred_at, o.recorded_at
    FROM (SELECT * FROM told WHERE event_id = '') AS o
    ASOF INNER JOIN events AS e ON o.lead_id = e.lead_id AND o.occurred_at >= e.event_time
  ),
  newest AS
  (
    SELECT ${SOURCE}, argMax(tuple(answer, revenue, occurred_at), recorded_at) AS last, true AS known
    FROM answers
    GROUP BY ${SOURCE}
  ),
  labelled AS
  (
    SELECT c.s AS s, c.score AS score, c.band AS band, c.group_id AS group_id, c.source_topic AS source_topic,
      c.source_partition AS source_partition, c.source_offset AS source_offset,
      multiIf(n.known, toNullable(n.last.1), {without:String} = 'negative', toNullable(0.), NULL) AS label,
      if(n.known, n.last.2, NULL) AS value,
      if(n.known, dateDiff('millisecond', c.event_time, n.last.3), NULL) AS close_ms
    FROM cohort AS c
    LEFT JOIN newest AS n
      ON c.source_topic = n.source_topic AND c.source_partition = n.source_partition AND c.source_offset = n.source_offset
  )`;
}
