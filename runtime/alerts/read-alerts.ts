import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '../clickhouse/database.ts';

/** A change of an alert's state as it stands in ClickHouse. */
export interface PublishedAlert extends ScoringAlert {
  /** Order of publication: larger is later; 0 for what was published before there was one. */
  readonly position: number;
}

/** What went to the topic. */
export function toRecord({ position: _position, ...record }: PublishedAlert): ScoringAlert {
  return record;
}

/** Far more than the features, statistics and window sizes of all models that may fire at a time. */
const MOST_ALERTS = 100_000;

const TIMES = ['window_start', 'window_end', 'episode_started_at', 'raised_at'];
const COLUMNS = `* EXCEPT (published_at) REPLACE (${TIMES.map((time) => `toUnixTimestamp64Milli(${time}) AS ${time}`).join(', ')})`;

/** The latest change of each alert, those that resolved too unless they are left out. */
export function readLatestAlerts(
  database: Pick<Database, 'query'>,
  { onlyFiring }: { readonly onlyFiring: boolean },
): Promise<PublishedAlert[]> {
  return database.query<PublishedAlert>(
    `SELECT ${COLUMNS}
    FROM (SELECT * FROM alerts ORDER BY alert_id, position DESC, window_start DESC, raised_at DESC LIMIT 1 BY alert_id)
    ${onlyFiring ? `WHERE state = 'firing'` : ''}
    ORDER BY position
    LIMIT ${MOST_ALERTS}`,
  );
}

/** The latest position that was given; 0 before the first. */
export async function readLastPosition(database: Pick<Database, 'query'>): Promise<number> {
  const [row] = await database.query<{ position: number }>(
    `SELECT max(position) AS position FROM alerts_raw`,
  );
  return row?.position ?? 0;
}
