import type { Database } from '../clickhouse/database.ts';
import { type PublishedAlert, readChanges } from './read-alerts.ts';

/** What people are to know of now. */
export interface Standing {
  /** Announced changes of the episodes that fire or changed lately, in order of their publication. */
  readonly announced: readonly PublishedAlert[];
  /** Ids of the firing alerts that each of them speaks for. */
  readonly standsFor: ReadonlyMap<string, readonly string[]>;
}

/** Reads what fires, and what changed within the last `recentMs` of ClickHouse's clock. */
export async function readStanding(database: Pick<Database, 'query'>, recentMs: number): Promise<Standing> {
  const changes = await readChanges(
    database,
    `(alert_id, episode_started_at) IN
    (
      SELECT alert_id, argMax(episode_started_at, position)
      FROM alerts
      GROUP BY alert_id
      HAVING argMax(state, position) = 'firing' OR max(published_at) > now64(3) - toIntervalMillisecond({recentMs:UInt64})
    )`,
    { recentMs },
  );
  return {
    announced: changes.filter((change) => change.silenced_by === null),
    standsFor: voicesOf(changes),
  };
}

/** Whom each voice speaks for, of alerts that fire after these changes. */
export function voicesOf(changes: readonly PublishedAlert[]): ReadonlyMap<string, readonly string[]> {
  const latest = new Map(changes.map((change) => [change.alert_id, change]));
  const voices = new Map<string, string[]>();
  for (const { alert_id: id, state, silenced_by: voice } of latest.values()) {
    if (state === 'firing' && voice !== null && latest.has(voice))
      voices.set(voice, [...(voices.get(voice) ?? []), id]);
  }
  return voices;
}
