import type { Database } from '../clickhouse/database.ts';
import { type PublishedAlert, readLatest, readMostUrgent, readNewestChanges } from './read-alerts.ts';
import { voicesOf } from './read-standing.ts';

/** An alert as it is now. */
export interface AlertNow {
  readonly latest: PublishedAlert;
  /** Ids of the firing alerts that it speaks for. */
  readonly standsFor: readonly string[];
}

/** What became of a change at a sink. */
export interface AlertDelivery {
  readonly sink: string;
  readonly position: number;
  readonly outcome: 'delivered' | 'retrying' | 'given_up' | 'silenced';
  readonly attempts: number;
  readonly problem: string;
  readonly attempted_at: string;
}

/** Where drift delivers to. */
export interface AlertSink {
  readonly sink: string;
  /** Empty: it takes what it is given. */
  readonly problem: string;
}

/** One alert's life. */
export interface AlertHistory {
  /** The newest 1,000, oldest first. */
  readonly changes: readonly PublishedAlert[];
  readonly deliveries: readonly AlertDelivery[];
}

/** Reads alerts as people ask for them. */
export interface AlertReader {
  /** What fires now, strongest and newest first; with `all` then the newest that have resolved; `most` of them together. */
  list(options: { readonly all: boolean; readonly most: number }): Promise<readonly AlertNow[]>;
  /** Undefined: there never was such an alert. */
  history(alertId: string): Promise<AlertHistory | undefined>;
  /** What the alert's SQL gives now; null where it gives nothing. */
  measure(alert: PublishedAlert): Promise<number | null>;
  /** The sinks that drift has looked at within the last minutes. */
  sinks(): Promise<readonly AlertSink[]>;
  deliveriesOf(position: number): Promise<readonly AlertDelivery[]>;
}

/** Alerts that a list holds where nobody says how many. */
export const MOST_LISTED = 1_000;
const MOST_OF_HISTORY = 1_000;

export function createAlertReader(database: Pick<Database, 'query'>): AlertReader {
  const readDeliveries = (positions: readonly number[]): Promise<AlertDelivery[]> =>
    database.query<AlertDelivery>(
      `SELECT sink, position, outcome, attempts, problem, attempted_at FROM alert_deliveries
      WHERE position IN {positions:Array(UInt64)} ORDER BY position, sink`,
      { positions },
    );
  return {
    async list({ all, most }) {
      const listed = await readMostUrgent(database, all ? '1' : `state = 'firing'`, most);
      // A list that was cut may lack alerts that one on it speaks for.
      const firing = listed.length < most ? [] : await readLatest(database, `state = 'firing'`);
      const voices = voicesOf([...firing, ...listed]);
      return listed.map((latest) => ({ latest, standsFor: voices.get(latest.alert_id) ?? [] }));
    },
    async history(alertId) {
      const changes = await readNewestChanges(database, alertId, MOST_OF_HISTORY);
      if (changes.length === 0) return undefined;
      return { changes, deliveries: await readDeliveries(changes.map(({ position }) => position)) };
    },
    async measure({ query }) {
      const [row] = await database.query<{ value: number | null }>(query);
      return row?.value ?? null;
    },
    sinks: () =>
      database.query<AlertSink>(
        `SELECT sink, problem FROM alert_sinks WHERE seen_at > now64(3) - INTERVAL 3 MINUTE ORDER BY sink`,
      ),
    deliveriesOf: (position) => readDeliveries([position]),
  };
}

/** As JSON, for other programs: the record's fields with times as ISO 8601. */
export function alertToJson({ latest, standsFor }: AlertNow): object {
  return { ...changeToJson(latest), stands_for: standsFor };
}

/** One change, likewise. */
export function changeToJson(change: PublishedAlert): object {
  const iso = (timeMs: number): string => new Date(timeMs).toISOString();
  return {
    ...change,
    window_start: iso(change.window_start),
    window_end: iso(change.window_end),
    episode_started_at: iso(change.episode_started_at),
    raised_at: iso(change.raised_at),
    published_at: iso(change.published_at),
  };
}
