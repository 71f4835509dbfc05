import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { LEVELS, MISSING, SPAN } from '../made-up-features.ts';
import { FEATURES, NUMERIC, VERSION } from './package.ts';

/** A Monday. */
export const FROM_MS = Date.UTC(2024, 0, 1);
export const DAYS = 30;
export const TO_MS = FROM_MS + DAYS * 86_400_000;

/** Rows of one insert, as many as a statement makes within its limits of time and memory. */
const ROWS_AT_ONCE = 500_000;
const SEED = 6;

/** Fills `lead_scores` with a month of scores, made inside ClickHouse from a seed, in the order of their event times. */
export async function insertMonth(database: Database, rows: number): Promise<void> {
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    await database.command(INSERT_ROWS, {
      model: VERSION.model,
      version: VERSION.modelVersion,
      seed: SEED,
      features: FEATURES,
      numeric: NUMERIC,
      levels: LEVELS,
      missing: MISSING,
      span: SPAN,
      fromMs: FROM_MS,
      spanMs: TO_MS - FROM_MS,
      from,
      count: Math.min(ROWS_AT_ONCE, rows - from),
      rows,
    });
  }
}

/** Even draws `u` make each input: missing, else a number that no other row has, or a level; and with it its bin. */
const INSERT_ROWS = `
  INSERT INTO lead_scores (event_id, lead_id, model, model_version, role, score, band, input_numbers, input_levels, bins,
    event_time, scored_at, inference_us, source_topic, source_partition, source_offset, source_timestamp)
  SELECT concat('e', toString(number)), concat('l', toString(number)), {model:String}, {version:String}, 'production',
    score, if(score < 0.5, 'low', 'high'),
    arrayMap((x, i) -> if(x < 0 OR i >= {numeric:UInt8}, NULL, x * {span:Float64}), draws, range({features:UInt8})),
    arrayMap((x, i) -> if(x < 0 OR i < {numeric:UInt8}, NULL, concat('level-', toString(toUInt8(x * {levels:UInt8})))), draws, range({features:UInt8})),
    arrayMap((x, i) -> multiIf(i < {numeric:UInt8}, if(x < 0, 11, toUInt16(greatest(0, ceil(x * 10) - 1))),
      x < 0, {levels:UInt8} + 1, toUInt8(x * {levels:UInt8})), draws, range({features:UInt8})),
    at, at + toIntervalMillisecond(20), 100, 'lead-created', 0, number, at
  FROM
  (
    SELECT number, cityHash64({seed:UInt64}, number) / 18446744073709551616. AS score,
      fromUnixTimestamp64Milli(toInt64({fromMs:UInt64} + intDiv({spanMs:UInt64} * number, {rows:UInt64})), 'UTC') AS at,
      arrayMap(i -> (cityHash64({seed:UInt64}, number, i) / 18446744073709551616. - {missing:Float64}) / (1 - {missing:Float64}),
        range({features:UInt8})) AS draws
    FROM numbers({from:UInt64}, {count:UInt64})
  )`;
