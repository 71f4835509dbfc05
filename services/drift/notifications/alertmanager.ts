import { delivered, type Waiting } from '@scoreline/core/alerts/delivery/delivery.ts';
import { toPostableAlerts } from '@scoreline/core/alerts/delivery/postable-alerts.ts';
import type { PublishedAlert } from '@scoreline/runtime/alerts/read-alerts.ts';
import { readStanding } from '@scoreline/runtime/alerts/read-standing.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { readLastDelivered, recordDeliveries, recordSink } from './deliveries.ts';
import { nameAlertmanager } from './name-alertmanager.ts';
import type { NotificationEvents } from './notification-events.ts';
import { createSilenceMirror } from './mirror-silences.ts';
import { postJson } from './post-json.ts';

export interface SinkDeps {
  readonly database: Database;
  readonly events: NotificationEvents;
  /** Whether it is this instance that delivers. */
  readonly isOwner: () => boolean;
  readonly nowMs: () => number;
}

export interface AlertmanagerOptions {
  /** Base URL, as of its own pages. */
  readonly url: string;
  /** The value of the header `authorization`; undefined: none. */
  readonly authorization: () => Promise<string | undefined>;
  readonly linkTemplate?: string | undefined;
}

const POST_EVERY_MS = 60_000;
/** A firing alert outlives three posts that are missed. */
const LASTS_MS = 4 * POST_EVERY_MS;
/** Resolves are posted for a while: one that was missed would leave the alert firing until it times out. */
const ENDED_FOR_MS = 15 * 60_000;
const MOST_A_POST = 500;

/**
 * One turn for one Alertmanager, which is told the whole state: when something has changed, and each minute. So it is
 * right again after its restart, after an outage, and after a change of who delivers. What people have silenced it is
 * told all the same, and told to silence: it would take an alert that it isn't told of any more for resolved.
 */
export function createAlertmanagerTurn(
  { database, events, isOwner, nowMs }: SinkDeps,
  { url, authorization, linkTemplate }: AlertmanagerOptions,
): () => Promise<'done'> {
  const sink = nameAlertmanager(url);
  const baseUrl = url.replace(/\/$/, '');
  let postedAtMs = -Infinity;
  let told: number | undefined;
  const headersOf = async (): Promise<Record<string, string>> => {
    const header = await authorization();
    return header === undefined ? {} : { authorization: header };
  };
  const mirror = createSilenceMirror({ database, sink, baseUrl, headersOf, nowMs });

  const post = async (
    changes: readonly PublishedAlert[],
    standsFor: ReadonlyMap<string, readonly string[]>,
  ): Promise<string> => {
    const alerts = toPostableAlerts(changes, { nowMs: nowMs(), lastsMs: LASTS_MS, linkTemplate, standsFor });
    // Without any there is nothing to tell; the post then shows that it is there.
    for (let from = 0; from === 0 || from < alerts.length; from += MOST_A_POST) {
      const posted = await postJson(
        `${baseUrl}/api/v2/alerts`,
        JSON.stringify(alerts.slice(from, from + MOST_A_POST)),
        headersOf,
      );
      if (posted.kind !== 'taken') return posted.problem;
    }
    return '';
  };

  return async () => {
    if (!isOwner()) {
      told = undefined;
      events.sinkLeft(sink);
      return 'done';
    }
    told ??= await readLastDelivered(database, sink);
    const { announced, standsFor } = await readStanding(database, ENDED_FOR_MS);
    const news = announced.filter(({ position }) => position > (told ?? 0));
    const isDue = nowMs() >= postedAtMs + POST_EVERY_MS;
    // Before the alerts: one that is silenced already is to wake nobody.
    const unsilenced = await mirror(isDue);
    if (news.length === 0 && !isDue && unsilenced === undefined) return 'done';
    const unposted = await post(announced, standsFor);
    const problem = unposted || (unsilenced ?? '');
    events.sinkSeen(sink, problem);
    await recordSink(database, sink, problem, nowMs());
    if (unposted !== '') throw new Error(`${sink}: ${problem}`);
    postedAtMs = nowMs();
    await recordDeliveries(
      database,
      sink,
      news.map((change) => ({ ...change, attempted: delivered(toWaiting(change)) })),
      nowMs(),
    );
    for (const { alert_id: alertId, position } of news)
      events.attempted({ sink, alertId, position, outcome: 'delivered', problem: '' });
    told = Math.max(told, ...news.map(({ position }) => position));
    if (problem !== '') throw new Error(`${sink}: ${problem}`);
    return 'done';
  };
}

function toWaiting({ alert_id, position, published_at }: PublishedAlert): Waiting {
  return { alertId: alert_id, position, dueSinceMs: published_at, attempted: null };
}
