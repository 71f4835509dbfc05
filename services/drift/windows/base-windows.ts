import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { SCORE_SUBJECT } from '../reference-rows.ts';
import type { Scope } from '../streams.ts';
import { FORGOTTEN_OF_WINDOW, withForgotten } from './forgotten.ts';
import type { PlannedWindow, WindowCount } from './plan.ts';
import {
  binOfNumber,
  IN_SCOPE,
  inWindows,
  scopeParams,
  WINDOW_COLUMNS,
  WINDOW_VALUES,
  windowOf,
  windowParams,
} from './sql.ts';

/** How many rows each of these base windows has had, erased ones included; those without any are left out. */
export function countRows(
  database: Database,
  scope: Scope,
  windows: readonly { startMs: number; endMs: number }[],
): Promise<WindowCount[]> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  return database.query<WindowCount>(
    withForgotten(
      `SELECT ${windowOf('event_time')} AS startMs, count() AS n
      FROM lead_scores FINAL
      WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)}
      GROUP BY startMs`,
      IN_SCOPE,
      windows,
    ),
    { ...scopeParams(scope), starts },
  );
}

/**
 * Computes base windows from their rows, inside ClickHouse: one statement for scores, one for inputs. Without a
 * reference only what needs none is counted.
 */
export async function computeBaseWindows(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly PlannedWindow[],
  reference: Reference | undefined,
): Promise<void> {
  const params = windowParams(scope, size, windows);
  await database.command(scoreWindowsSql(windows, reference), params);
  if (reference === undefined) return;
  await database.command(featureWindowsSql(windows), {
    ...params,
    features: reference.features.map(({ name }) => name),
    sampled: reference.features.map(({ sample = [] }) => (sample.length > 0 ? 1 : 0)),
  });
}

function scoreWindowsSql(windows: readonly PlannedWindow[], reference: Reference | undefined): string {
  const noCounts = `CAST(map(), 'Map(UInt16, UInt64)')`;
  const bins = reference ? 'sumMap(map(toUInt16(bin), toUInt64(1)))' : noCounts;
  const cells = reference?.score.sample?.length ? 'sumMap(map(toUInt16(cell), toUInt64(1)))' : noCounts;
  return `
    INSERT INTO score_windows_raw (${WINDOW_COLUMNS}, count, score_sum, score_bins, score_cells, bands, latency, forgotten)
    SELECT ${WINDOW_VALUES},
      count(), sum(score), ${bins}, ${cells}, sumMap(map(toString(band), toUInt64(1))),
      quantilesDDState(0.01, 0.5, 0.95, 0.99)(latency_ms), ${FORGOTTEN_OF_WINDOW}
    FROM
    (
      SELECT r.s AS s, r.score AS score, r.bin AS bin, r.band AS band, r.latency_ms AS latency_ms,
        ${cellOf('r.score')} AS cell
      FROM
      (
        SELECT ${windowOf('event_time')} AS s, score, band, '${SCORE_SUBJECT}' AS subject,
          ${reference ? binOfNumber('score', reference.score.bins) : '0'} AS bin,
          toFloat64(greatest(0, toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp))) AS latency_ms
        FROM lead_scores FINAL
        WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)}
      ) AS r
      ASOF LEFT JOIN ${SAMPLE_POINTS} AS q ON r.subject = q.subject AND r.score >= q.value
    )
    GROUP BY s`;
}

/** Rows are folded to distinct values first: few for most features, so that few look for their cell. */
function featureWindowsSql(windows: readonly PlannedWindow[]): string {
  return `
    INSERT INTO feature_windows_raw (${WINDOW_COLUMNS}, feature, bins, cells)
    SELECT ${WINDOW_VALUES},
      {features:Array(String)}[i], sumMap(map(toUInt16(bin), n)), sumMapIf(map(toUInt16(cell), n), has_cell)
    FROM
    (
      SELECT v.s AS s, v.i AS i, v.bin AS bin, v.n AS n, ${cellOf('v.x')} AS cell, v.has_cell AS has_cell
      FROM
      (
        SELECT s, i, bin, {features:Array(String)}[i] AS subject,
          number IS NOT NULL AND {sampled:Array(UInt8)}[i] = 1 AS has_cell, ifNull(number, 0) AS x, count() AS n
        FROM
        (
          SELECT ${windowOf('event_time')} AS s, bins, arrayResize(input_numbers, length(bins)) AS numbers
          FROM lead_scores FINAL
          WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)} AND length(bins) = length({features:Array(String)})
        )
        ARRAY JOIN arrayEnumerate(bins) AS i, bins AS bin, numbers AS number
        GROUP BY s, i, bin, number
      ) AS v
      ASOF LEFT JOIN ${SAMPLE_POINTS} AS q ON v.subject = q.subject AND v.x >= q.value
    )
    GROUP BY s, i`;
}

/** The reference's distinct sample points. */
const SAMPLE_POINTS = `
      (
        SELECT toString(subject) AS subject, value, position
        FROM reference_samples FINAL
        WHERE model = {model:String} AND model_version = {version:String}
      )`;

/** Kolmogorov-Smirnov cell of a number beside the sample point q at or below it; without one it is below them all. */
function cellOf(number: string): string {
  return `if(q.position > 0 AND q.value = ${number}, 2 * q.position - 1, 2 * q.position)`;
}
