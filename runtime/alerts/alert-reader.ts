import type { Database } from '../clickhouse/database.ts';
import { type PublishedAlert, readChanges, readLatest } from './read-alerts.ts';
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
  readonly outcome: 'delivered' | 'retrying' | 'given_up';
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
  /** Oldest first. */
  readonly changes: readonly PublishedAlert[];
  readonly deliveries: readonly AlertDelivery[];
}

/** Reads alerts as people ask for them. */
export interface AlertReader {
  /** What fires now, strongest and newest first; with `all` what has resolved too. */
  list(options: { readonly all: boolean }): Promise<readonly AlertNow[]>;
  /** Undefined: there never was such an alert. */
  history(alertId: string): Promise<AlertHistory | undefined>;
  /** What the alert's SQL gives now; null where it gives nothing. */
  measure(alert: PublishedAlert): Promise<number | null>;
  /** The sinks that drift has looked at within the last minutes. */
  sinks(): Promise<readonly AlertSink[]>;
  deliveriesOf(position: number): Promise<readonly AlertDelivery[]>;
}

const SEVERITIES = ['critical', 'warning', 'info'];
const MOST_OF_HISTORY = 1_000;

export function createAlertReader(database: Pick<Database, 'query'>): AlertReader {
  const readDeliveries = (positions: readonly number[]): Promise<AlertDelivery[]> =>
    database.query<AlertDelivery>(
      `SELECT sink, position, outcome, attempts, problem, attempted_at FROM alert_deliveries
      WHERE position IN {positions:Array(UInt64)} ORDER BY position, sink`,
      { positions },
    );
  return {
    async list({ all }) {
      const alerts = await readLatest(database, all ? '1' : `state = 'firing'`);
      const voices = voicesOf(alerts);
      return alerts
        .map((latest) => ({ latest, standsFor: voices.get(latest.alert_id) ?? [] }))
        .sort(byUrgency);
    },
    async history(alertId) {
      const changes = await readChanges(
        database,
        'alert_id = {alertId:String}',
        { alertId },
        MOST_OF_HISTORY,
      );
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

function byUrgency({ latest: a }: AlertNow, { latest: b }: AlertNow): number {
  return (
    Number(a.state === 'resolved') - Number(b.state === 'resolved') ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.position - a.position
  );
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
