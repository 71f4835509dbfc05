import { setTimeout as delay } from 'node:timers/promises';
import { endOfTest } from '@scoreline/core/alerts/test-alert.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { putIntoOutbox } from '@scoreline/runtime/alerts/outbox.ts';
import { type PublishedAlert, readChanges } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** One step of the way, as it came out. */
export interface Step {
  readonly ok: boolean;
  readonly text: string;
}

export interface FireOptions {
  /** How long the way may take, each part of it. */
  readonly patienceMs: number;
  /** Ends the test early, and its alert with it. */
  readonly signal: AbortSignal;
  readonly tell: (step: Step) => void;
}

const POLL_MS = 500;

/**
 * Lets a test alert fire while `work` looks where it has come to, once it is published; true where all went well.
 * However that ends, by `signal` too, the alert's end is put into the outbox and waited for.
 */
export async function fireTest(
  database: Pick<Database, 'insert' | 'query'>,
  alert: ScoringAlert,
  { patienceMs, signal, tell }: FireOptions,
  work: (published: PublishedAlert) => Promise<boolean>,
): Promise<boolean> {
  await putIntoOutbox(database, alert);
  try {
    const published = await until(() => findPublished(database, alert), patienceMs, signal);
    const ok = published !== undefined && (await work(published));
    if (signal.aborted) tell({ ok: false, text: 'interrupted: its end is on its way' });
    else if (published === undefined) {
      const waited = `${patienceMs / 1000} s`;
      tell({ ok: false, text: `nothing was published within ${waited}: is drift running (npm run drift)?` });
    }
    return ok && !signal.aborted;
  } finally {
    const end = endOfTest(alert, Date.now());
    await putIntoOutbox(database, end);
    const isResolved = (await until(() => findPublished(database, end), patienceMs)) !== undefined;
    tell({ ok: isResolved, text: isResolved ? 'resolved' : 'its end waits in the outbox until drift runs' });
  }
}

/** What `look` gives, once it gives something; undefined where patience has run out, or `signal` says so. */
export async function until<T>(
  look: () => Promise<T | undefined>,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || Date.now() > deadlineMs || signal?.aborted === true) return found;
    await pause(POLL_MS, signal);
  }
}

/** Ends early when aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => undefined);
}

async function findPublished(
  database: Pick<Database, 'query'>,
  alert: ScoringAlert,
): Promise<PublishedAlert | undefined> {
  const { alert_id: id, state, window_start: startMs } = alert;
  const [found] = await readChanges(
    database,
    `alert_id = {id:String} AND state = {state:String} AND window_start = fromUnixTimestamp64Milli({startMs:Int64}, 'UTC')`,
    { id, state, startMs },
  );
  return found;
}
