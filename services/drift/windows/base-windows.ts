import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { Segment } from '@scoreline/core/drift/segments.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { SCORE_SUBJECT } from '../reference-rows.ts';
import type { Scope } from '../streams.ts';
import { JOINT, UNUSUAL } from './unusual.ts';
import { cellOf, NO_CELL, offsetOf, pointsOf } from './cells.ts';
import { FORGOTTEN_OF_WINDOW, NOT_FORGOTTEN } from './forgotten.ts';
import { partByRows, type PlannedWindow } from './plan.ts';
import { segmentParams, segmentsOfRow } from './segment-rows.ts';
import {
  binOfNumber,
  IN_SCOPE,
  inWindows,
  WINDOW_COLUMNS,
  WINDOW_VALUES,
  windowOf,
  windowParams,
} from './sql.ts';

/** What rows are counted by. */
export interface Counting {
  readonly reference: Reference;
  /** Counted by themselves too, beside all leads. */
  readonly segments: readonly Segment[];
}

/**
 * Computes base windows from their rows, inside ClickHouse: one statement for scores, one for inputs, segments with
 * all leads, and so for each million rows. Without a reference only what needs none is counted.
 */
export async function computeBaseWindows(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly PlannedWindow[],
  counting: Counting | undefined,
): Promise<void> {
  const { reference, segments = [] } = counting ?? {};
  const ofSegments = segmentParams(segments, reference?.features.length ?? 0);
  for (const part of partByRows(windows)) {
    const params = { ...windowParams(scope, size, part), ...ofSegments };
    await database.command(scoreWindowsSql(part, reference, segments), params);
    if (reference === undefined) continue;
    const features = reference.features.map(({ name }) => name);
    await database.command(featureWindowsSql(part, reference, segments), { ...params, features });
  }
}

function scoreWindowsSql(
  windows: readonly PlannedWindow[],
  reference: Reference | undefined,
  segments: readonly Segment[],
): string {
  const noCounts = `CAST(map(), 'Map(UInt16, UInt64)')`;
  const noOffsets = `CAST(map(), 'Map(UInt16, Float64)')`;
  const hasJoint = reference?.joint !== undefined;
  const isSampled = (reference?.score.sample?.length ?? 0) > 0;
  const constants = [
    ...(isSampled ? [pointsOf(`'${SCORE_SUBJECT}'`, 'points')] : []),
    ...(hasJoint ? [JOINT] : []),
  ];
  return `
    INSERT INTO score_windows_raw (${WINDOW_COLUMNS}, segment, count, score_sum, score_bins, score_cells, score_offsets, bands, unusual_count, unusual_sum, unusual_squares, latency, forgotten)
    ${constants.length > 0 ? `WITH ${constants.join(',\n    ')}` : ''}
    SELECT ${WINDOW_VALUES}, segment,
      count(), sum(score), ${reference ? 'sumMap(map(toUInt16(bin), toUInt64(1)))' : noCounts},
      ${isSampled ? 'sumMap(map(cell, toUInt64(1))), sumMap(map(cell, offset))' : `${noCounts}, ${noOffsets}`},
      sumMap(map(toString(band), toUInt64(1))), count(unusual), ifNull(sum(unusual), 0), ifNull(sum(unusual * unusual), 0),
      quantilesDDState(0.01, 0.5, 0.95, 0.99)(latency_ms), ${FORGOTTEN_OF_WINDOW}
    FROM
    (
      SELECT ${windowOf('event_time')} AS s, ${segmentsOfRow(segments)} AS segment, score, band,
        ${reference ? binOfNumber('score', reference.score.bins) : '0'} AS bin,
        ${hasJoint ? UNUSUAL : "CAST(NULL, 'Nullable(Float64)')"} AS unusual,
        ${isSampled ? cellOf('score', 'points') : NO_CELL} AS cell, ${isSampled ? offsetOf('score', 'points') : 0} AS offset,
        toFloat64(greatest(0, toUnixTimestamp64Milli(scored_at) - toUnixTimestamp64Milli(source_timestamp))) AS latency_ms
      FROM lead_scores FINAL
      WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)} AND ${NOT_FORGOTTEN}
    )
    GROUP BY s, segment`;
}

/**
 * Each row becomes its cells first, and rows are folded to bins and cells: of these there are a few thousand in each
 * feature of a window, however many rows it has, and so memory has a bound.
 */
function featureWindowsSql(
  windows: readonly PlannedWindow[],
  reference: Reference,
  segments: readonly Segment[],
): string {
  const sampled = reference.features.map(({ sample = [] }) => sample.length > 0);
  const points = sampled.flatMap((has, i) =>
    has ? [pointsOf(`{features:Array(String)}[${i + 1}]`, `points_${i + 1}`)] : [],
  );
  return `
    INSERT INTO feature_windows_raw (${WINDOW_COLUMNS}, segment, feature, bins, cells, offsets)
    ${points.length > 0 ? `WITH ${points.join(',\n    ')}` : ''}
    SELECT ${WINDOW_VALUES}, segment,
      {features:Array(String)}[i], sumMap(map(toUInt16(bin), n)), sumMapIf(map(cell, n), cell != ${NO_CELL}),
      sumMapIf(map(cell, offset_sum), cell != ${NO_CELL})
    FROM
    (
      SELECT s, segment, i, bin, cell, count() AS n, sum(offset) AS offset_sum
      FROM
      (
        SELECT s, segment, bins, [${sampled.map((has, i) => inputCell(i + 1, has)).join(', ')}] AS cells,
          [${sampled.map((has, i) => inputOffset(i + 1, has)).join(', ')}] AS offsets
        FROM
        (
          SELECT ${windowOf('event_time')} AS s, ${segmentsOfRow(segments)} AS segment, bins, arrayResize(input_numbers, length(bins)) AS numbers
          FROM lead_scores FINAL
          WHERE ${IN_SCOPE} AND ${inWindows('event_time', windows)} AND ${NOT_FORGOTTEN}
            AND length(bins) = length({features:Array(String)})
        )
      )
      ARRAY JOIN arrayEnumerate(bins) AS i, bins AS bin, cells AS cell, offsets AS offset
      GROUP BY s, segment, i, bin, cell
    )
    GROUP BY s, segment, i`;
}

function inputCell(position: number, isSampled: boolean): string {
  if (!isSampled) return `toUInt16(${NO_CELL})`;
  const number = `numbers[${position}]`;
  return `if(isNull(${number}), toUInt16(${NO_CELL}), ${cellOf(`assumeNotNull(${number})`, `points_${position}`)})`;
}

function inputOffset(position: number, isSampled: boolean): string {
  if (!isSampled) return 'toFloat64(0)';
  const number = `numbers[${position}]`;
  return `if(isNull(${number}), 0, ${offsetOf(`assumeNotNull(${number})`, `points_${position}`)})`;
}
