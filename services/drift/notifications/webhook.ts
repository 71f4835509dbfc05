import { type Attempted, delivered, failed, nextDue } from '@scoreline/core/alerts/delivery/delivery.ts';
import { type PublishedAlert, readChanges, toRecord } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Secret } from '@scoreline/runtime/config/secrets.ts';
import type { SinkDeps } from './alertmanager.ts';
import { readRetrying, recordDeliveries, recordSink } from './deliveries.ts';
import { type Posted, postJson } from './post-json.ts';
import { webhookHeaders } from './sign.ts';
import { type WaitingChange, withoutSilenced } from './silenced-changes.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: Secret;
}

const SINK = 'webhook';
const SEEN_EVERY_MS = 60_000;
const MOST_WAITING = 1_000;
/** A turn ends after the delivery that reaches this, so that stopping doesn't wait for a slow receiver's backlog. */
const TURN_BUDGET_MS = 20_000;

/**
 * One turn of the webhook: each announced change of the last day that wasn't delivered, nor silenced by a person, is
 * posted, an alert's changes in their order. What the receiver refuses is tried again later and given up after a day; where the receiver itself is
 * away, the turn fails and the others wait.
 */
export function createWebhookTurn(
  { database, events, isOwner, nowMs }: SinkDeps,
  { url, secret }: WebhookOptions,
): () => Promise<'done' | 'more'> {
  let seenAtMs = -Infinity;
  const see = async (problem: string): Promise<void> => {
    events.sinkSeen(SINK, problem);
    seenAtMs = nowMs();
    await recordSink(database, SINK, problem, seenAtMs);
  };
  const settle = async (change: WaitingChange, attempted: Attempted): Promise<void> => {
    const { alertId, position, alert } = change;
    await recordDeliveries(database, SINK, [{ ...alert, attempted }], nowMs());
    events.attempted({
      sink: SINK,
      alertId,
      position,
      outcome: attempted.outcome,
      problem: attempted.problem,
    });
  };

  return async () => {
    if (!isOwner()) {
      events.sinkLeft(SINK);
      return 'done';
    }
    const startedAtMs = nowMs();
    const sorted = await withoutSilenced(database, SINK, await readWaiting(database), startedAtMs);
    for (const { alertId, position } of sorted.held)
      events.attempted({ sink: SINK, alertId, position, outcome: 'silenced', problem: '' });
    let waiting = sorted.told;
    const held = new Set<string>();
    for (
      let next = nextDue(waiting, held, nowMs());
      next !== undefined;
      next = nextDue(waiting, held, nowMs())
    ) {
      if (!isOwner() || nowMs() > startedAtMs + TURN_BUDGET_MS) return 'more';
      const { position, alertId } = next;
      const posted = await deliver(next.alert, { url, secret }, nowMs());
      if (posted.kind === 'taken') {
        await settle(next, delivered(next));
        waiting = waiting.filter((change) => change.position !== position);
      } else {
        held.add(alertId);
        await settle(next, failed(next, posted.problem, nowMs()));
      }
      if (posted.kind === 'away') {
        await see(posted.problem);
        throw new Error(`${SINK}: ${posted.problem}`);
      }
      if (nowMs() >= seenAtMs + SEEN_EVERY_MS) await see('');
    }
    if (nowMs() >= seenAtMs + SEEN_EVERY_MS) await see('');
    return 'done';
  };
}

async function deliver(
  alert: PublishedAlert,
  { url, secret }: WebhookOptions,
  atMs: number,
): Promise<Posted> {
  const body = JSON.stringify(toRecord(alert));
  const id = String(alert.position);
  return postJson(url, body, async () => webhookHeaders({ id, atMs, body }, await secret()));
}

/** Announced changes that are neither delivered nor given up; the hour beyond the day is for giving up. */
async function readWaiting(database: Database): Promise<WaitingChange[]> {
  const alerts = await readChanges(
    database,
    `silenced_by IS NULL AND position > 0
      AND (published_at > now64(3) - INTERVAL 25 HOUR
        OR position IN (SELECT position FROM alert_deliveries WHERE sink = {sink:String} AND outcome = 'retrying'))
      AND position NOT IN (SELECT position FROM alert_deliveries WHERE sink = {sink:String} AND outcome != 'retrying')`,
    { sink: SINK },
    MOST_WAITING,
  );
  if (alerts.length === 0) return [];
  const retrying = await readRetrying(database, SINK);
  return alerts.map((alert) => {
    const attempted = retrying.get(alert.position) ?? null;
    // What was tried before this was stored has 0.
    const dueSinceMs = attempted?.dueSinceMs || alert.published_at;
    return { alert, alertId: alert.alert_id, position: alert.position, dueSinceMs, attempted };
  });
}
