import type { Database } from '../../clickhouse/database.ts';

/** How far ClickHouse has what was scored. */
export interface StreamProgress {
  /** Kafka's time up to which every partition of the scores has been read; 0: of one nothing is known. */
  readonly readUntilMs: number;
  /** Event time that the scores have come to; null: none is known. */
  readonly asOfMs: number | null;
}

/** How far drift has read the scores that were served. */
export async function readStreamProgress(database: Pick<Database, 'query'>): Promise<StreamProgress> {
  const [progress] = await database.query<StreamProgress>(
    `SELECT toUnixTimestamp64Milli(min(read_until)) AS readUntilMs, toUnixTimestamp64Milli(max(event_time)) AS asOfMs
    FROM
    (
      SELECT ifNull(max(read_until), toDateTime64(0, 3, 'UTC')) AS read_until, max(max_event_time) AS event_time
      FROM stream_progress
      WHERE stream = 'lead-scores'
      GROUP BY partition
    )`,
  );
  return progress ?? { readUntilMs: 0, asOfMs: null };
}
