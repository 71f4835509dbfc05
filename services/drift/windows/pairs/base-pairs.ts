import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../../streams.ts';
import { countRows } from '../count-rows.ts';
import { NOT_FORGOTTEN } from '../forgotten.ts';
import { partByRows, type PlannedWindow, type WindowCount } from '../plan.ts';
import { inWindows, windowOf, windowParams } from '../sql.ts';
import { insertPairWindows } from './insert-pairs.ts';

const IS_CANDIDATE = `role = 'shadow' AND model = {model:String} AND model_version = {version:String}`;
const OF_PAIRS = `(role = 'production' OR ${IS_CANDIDATE})`;
const SOURCE = 'source_topic, source_partition, source_offset';

/** How many rows of either side each of these base windows has had; those without a production score are left out. */
export function countPairRows(
  database: Database,
  scope: Scope,
  windows: readonly { readonly startMs: number; readonly endMs: number }[],
): Promise<WindowCount[]> {
  return countRows(database, scope, windows, {
    whose: OF_PAIRS,
    having: `countIf(role = 'production') > 0`,
  });
}

/** Computes base windows of pairs from the rows of both sides, joined on the lead event; a statement for each million. */
export async function computeBasePairs(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly PlannedWindow[],
  mostSampled: number,
): Promise<void> {
  for (const part of partByRows(windows))
    await database.command(insertPairWindows(sumsOfRows(part, mostSampled)), windowParams(scope, size, part));
}

function sumsOfRows(windows: readonly PlannedWindow[], mostSampled: number): string {
  return `
    SELECT s, countIf(has_production) AS production_leads, countIf(has_candidate) AS shadow_leads, countIf(both) AS pair_count,
      sumIf(difference, both) AS difference_total, sumIf(abs(difference), both) AS absolute_total,
      maxIf(abs(difference), both) AS largest,
      sumMapIf(map(concat(production_band, ' > ', candidate_band), toUInt64(1)), both) AS flips,
      countIf(both AND production_band != candidate_band) AS flip_count,
      groupArraySortedIf(${mostSampled})((key, production_score, candidate_score), both) AS sample
    FROM
    (
      SELECT min(${windowOf('event_time')}) AS s, toUInt32(cityHash64(${SOURCE})) AS key,
        countIf(role = 'production') > 0 AS has_production, countIf(role = 'shadow') > 0 AS has_candidate,
        has_production AND has_candidate AS both,
        anyIf(score, role = 'production') AS production_score, anyIf(score, role = 'shadow') AS candidate_score,
        anyIf(toString(band), role = 'production') AS production_band,
        anyIf(toString(band), role = 'shadow') AS candidate_band,
        candidate_score - production_score AS difference
      FROM lead_scores FINAL
      WHERE ${OF_PAIRS} AND ${inWindows('event_time', windows)} AND ${NOT_FORGOTTEN}
      GROUP BY ${SOURCE}
    )
    GROUP BY s`;
}
