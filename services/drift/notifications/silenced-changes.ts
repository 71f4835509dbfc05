import { silenced, type Waiting } from '@scoreline/core/alerts/delivery/delivery.ts';
import { episodeKey, holdSilenced, type Told } from '@scoreline/core/alerts/delivery/hold-silenced.ts';
import { type Silence, silenceOf } from '@scoreline/core/alerts/silence.ts';
import { type PublishedAlert, readLatest } from '@scoreline/runtime/alerts/read-alerts.ts';
import { readSilences } from '@scoreline/runtime/alerts/silences.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { readAttempts, recordDeliveries } from './deliveries.ts';

/** A change that waits to be told, with what there is to tell. */
export type WaitingChange = Waiting & { readonly alert: PublishedAlert };

/**
 * What a sink is to be told now, in order: the waiting changes but for those that a person has silenced, which are
 * remembered as such, and alerts that fire on after their silence.
 */
export async function withoutSilenced(
  database: Database,
  sink: string,
  waiting: readonly WaitingChange[],
  nowMs: number,
): Promise<{ readonly told: readonly WaitingChange[]; readonly held: readonly WaitingChange[] }> {
  const silences = await readSilences(database, nowMs);
  const held = holdSilenced(waiting, silences, await readTold(database, sink, waiting), nowMs);
  const parted = Map.groupBy(waiting, ({ position }) => held.has(position));
  const ofHeld = parted.get(true) ?? [];
  const remembered = ofHeld.map((change) => ({ ...change.alert, attempted: silenced(change) }));
  await recordDeliveries(database, sink, remembered, nowMs);
  const woken = await readWoken(database, sink, silences, nowMs);
  const told = [...woken, ...(parted.get(false) ?? [])];
  return { told: told.toSorted((a, b) => a.position - b.position), held: ofHeld };
}

/** What the sink knows of the episodes that end; of others it doesn't matter. */
async function readTold(database: Database, sink: string, waiting: readonly WaitingChange[]): Promise<Told> {
  const ids = waiting.filter(({ alert }) => alert.state === 'resolved').map(({ alertId }) => alertId);
  if (ids.length === 0) return { told: new Set(), heldBack: new Set() };
  const rows = await database.query<{ alert_id: string; episode_started_at: number; outcome: string }>(
    `SELECT DISTINCT a.alert_id AS alert_id, toUnixTimestamp64Milli(a.episode_started_at) AS episode_started_at, d.outcome AS outcome
    FROM alerts AS a INNER JOIN alert_deliveries AS d ON a.position = d.position
    WHERE d.sink = {sink:String} AND d.outcome IN ('delivered', 'silenced') AND a.alert_id IN {ids:Array(String)}`,
    { sink, ids },
  );
  const of = (outcome: string): ReadonlySet<string> =>
    new Set(rows.filter((row) => row.outcome === outcome).map(episodeKey));
  return { told: of('delivered'), heldBack: of('silenced') };
}

/** Alerts that fire now, whose last change was held back by a silence that is over. */
async function readWoken(
  database: Database,
  sink: string,
  silences: readonly Silence[],
  nowMs: number,
): Promise<readonly WaitingChange[]> {
  const fireOn = await readLatest(
    database,
    `state = 'firing' AND silenced_by IS NULL
      AND position IN (SELECT position FROM alert_deliveries WHERE sink = {sink:String} AND outcome = 'silenced')`,
    { sink },
  );
  const woken = fireOn.filter((alert) => silenceOf(alert, silences, nowMs) === undefined);
  const positions = woken.map(({ position }) => position);
  // Attempts go on being counted: of two rows of a delivery the one with more of them is the later.
  const attempts = await readAttempts(database, sink, positions);
  return woken.map((alert) => {
    const change = { alertId: alert.alert_id, position: alert.position, dueSinceMs: nowMs };
    const before = { outcome: 'silenced', attempts: attempts.get(alert.position) ?? 0 } as const;
    return { ...change, alert, attempted: { ...before, problem: '', retryAtMs: null, dueSinceMs: nowMs } };
  });
}
