import { isActive, type Silence, silencedAlertsOf, silenceOf } from '@scoreline/core/alerts/silence.ts';
import { readLatest, readNewestChanges } from '@scoreline/runtime/alerts/read-alerts.ts';
import { findSilence, saveSilence } from '@scoreline/runtime/alerts/silences.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { describeSilenced, minute } from './describe-silences.ts';

/** What a person asks for: one alert by its id, or all of a signal. */
export interface SilenceWish {
  readonly alertId: string | undefined;
  readonly signal: string | undefined;
  readonly subject: string | undefined;
  readonly model: string | undefined;
  readonly lengthMs: number;
  readonly reason: string;
  readonly actor: string;
}

export interface SilenceOutcome {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

type SilenceDatabase = Pick<Database, 'query' | 'insert'>;

/** Silences from now on, and says which alerts that fire it is about. An alert that never was is refused: most often its id is mistyped. */
export async function silenceAlerts(
  database: SilenceDatabase,
  wish: SilenceWish,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<SilenceOutcome> {
  const { alertId, signal, subject, model, lengthMs, reason, actor } = wish;
  if ((alertId === undefined) === (signal === undefined))
    return { ok: false, lines: ['✗ name one alert by its id, or all of a signal by --signal'] };
  const [alert] = alertId === undefined ? [] : await readNewestChanges(database, alertId, 1);
  if (alertId !== undefined && alert === undefined)
    return {
      ok: false,
      lines: [`✗ there never was an alert '${alertId}': scoreline alerts list --all has their ids`],
    };
  const alerts = alert === undefined ? { signal, subject, model } : silencedAlertsOf(alert);
  const silence: Silence = { id, alerts, startsAtMs: nowMs, endsAtMs: nowMs + lengthMs, reason, actor };
  await saveSilence(database, silence);
  const firing = await readLatest(database, `state = 'firing' AND silenced_by IS NULL`);
  const about = firing.filter((each) => silenceOf(each, [silence], nowMs) !== undefined);
  return {
    ok: true,
    lines: [
      `✓ silenced until ${minute(silence.endsAtMs)}: ${describeSilenced(alerts)}`,
      about.length === 0 ? '  none of them is announced now' : '  announced now, and told to nobody again:',
      ...about.map((each) => `    ${each.severity.padEnd(8)}  ${each.alert_id}`),
      `  to end it before: scoreline alerts unsilence ${id}`,
    ],
  };
}

/** Ends a silence now; one that is over stays as it ended. */
export async function unsilenceAlerts(
  database: SilenceDatabase,
  id: string,
  { actor, nowMs }: { readonly actor: string; readonly nowMs: number },
): Promise<SilenceOutcome> {
  const silence = await findSilence(database, id);
  if (silence === undefined)
    return { ok: false, lines: [`✗ there is no silence '${id}': scoreline alerts silences has their ids`] };
  if (!isActive(silence, nowMs)) return { ok: false, lines: [`✗ '${id}' ended ${minute(silence.endsAtMs)}`] };
  await saveSilence(database, { ...silence, endsAtMs: nowMs, endedBy: actor });
  return {
    ok: true,
    lines: [`✓ ended: ${describeSilenced(silence.alerts)}; what still fires is told within seconds`],
  };
}
