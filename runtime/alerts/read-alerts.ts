import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database, QueryParams } from '../clickhouse/database.ts';

/** A change of an alert's state with its place among all of them. */
export interface PositionedAlert extends ScoringAlert {
  /** Order of publication: larger is later; 0 for what was published before there was one. */
  readonly position: number;
}

/** A change as it stands in ClickHouse. */
export interface PublishedAlert extends PositionedAlert {
  /** Epoch milliseconds of ClickHouse's clock. */
  readonly published_at: number;
}

/** Far more than the changes that any question is about. */
const MOST_CHANGES = 100_000;
const TIMES = ['window_start', 'window_end', 'episode_started_at', 'raised_at', 'published_at'];
const TIMES_IN_MS = TIMES.map((time) => `toUnixTimestamp64Milli(${time}) AS ${time}`).join(', ');

/** The latest change of each alert; `rows` is to be selected from. */
const LATEST = `(SELECT * FROM alerts ORDER BY alert_id, position DESC, window_start DESC, raised_at DESC LIMIT 1 BY alert_id)`;

/** As published; by position alone where there is one. */
const OLDEST_FIRST = 'position, window_start, raised_at';
const NEWEST_FIRST = 'position DESC, window_start DESC, raised_at DESC';
/** What fires before what is over; of what fires the strongest, then the newest. */
const MOST_URGENT_FIRST = `state = 'resolved', if(state = 'firing', indexOf(['critical', 'warning', 'info'], severity), 0), ${NEWEST_FIRST}`;

/** Changes of `alerts` for which a condition holds, in the order of their publication, the oldest of them at most. */
export function readChanges(
  database: Pick<Database, 'query'>,
  condition: string,
  params: QueryParams = {},
  most = MOST_CHANGES,
): Promise<PublishedAlert[]> {
  return readFrom(database, { from: 'alerts', condition, params, order: OLDEST_FIRST, most });
}

/** One alert's newest changes, oldest first. */
export async function readNewestChanges(
  database: Pick<Database, 'query'>,
  alertId: string,
  most: number,
): Promise<PublishedAlert[]> {
  const condition = 'alert_id = {alertId:String}';
  const params = { alertId };
  const newest = await readFrom(database, { from: 'alerts', condition, params, order: NEWEST_FIRST, most });
  return newest.toReversed();
}

/** The latest change of each alert for which a condition on it holds, e.g. `state = 'firing'`. */
export function readLatest(
  database: Pick<Database, 'query'>,
  condition: string,
  params: QueryParams = {},
): Promise<PublishedAlert[]> {
  return readFrom(database, { from: LATEST, condition, params, order: OLDEST_FIRST, most: MOST_CHANGES });
}

/** The same, of the alerts that people ask for first: what fires, strongest and newest first, then the newest that is over. */
export function readMostUrgent(
  database: Pick<Database, 'query'>,
  condition: string,
  most: number,
): Promise<PublishedAlert[]> {
  return readFrom(database, { from: LATEST, condition, params: {}, order: MOST_URGENT_FIRST, most });
}

interface Choice {
  readonly from: string;
  readonly condition: string;
  readonly params: QueryParams;
  readonly order: string;
  readonly most: number;
}

/** The condition is in a query of its own, where times are times. */
function readFrom(
  database: Pick<Database, 'query'>,
  { from, condition, params, order, most }: Choice,
): Promise<PublishedAlert[]> {
  return database.query<PublishedAlert>(
    `SELECT * REPLACE (${TIMES_IN_MS})
    FROM (SELECT * FROM ${from} WHERE ${condition} ORDER BY ${order} LIMIT ${most})
    ORDER BY ${order}`,
    params,
  );
}

/** What goes to the topic. */
export function toRecord(alert: PositionedAlert | PublishedAlert): ScoringAlert {
  const { position: _position, published_at: _publishedAt, ...record } = { published_at: 0, ...alert };
  return record;
}

/** The latest position that was given; 0 before the first. */
export async function readLastPosition(database: Pick<Database, 'query'>): Promise<number> {
  const [row] = await database.query<{ position: number }>(
    `SELECT max(position) AS position FROM alerts_raw`,
  );
  return row?.position ?? 0;
}
