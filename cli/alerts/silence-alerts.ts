import {
  isActive,
  type Silence,
  type SilencedAlerts,
  silencedAlertsOf,
  silenceOf,
} from '@scoreline/core/alerts/silence.ts';
import { SIGNALS } from '@scoreline/core/drift/result.ts';
import { readChanges, readLatest, readNewestChanges } from '@scoreline/runtime/alerts/read-alerts.ts';
import { findSilence, MOST_SILENCES, readSilences, saveSilence } from '@scoreline/runtime/alerts/silences.ts';
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

/**
 * Silences from now on, and says which alerts that fire it is about. What is most often mistyped is refused (an alert that
 * never was, a signal that there isn't) or told (subjects and models that no alert was ever about).
 */
export async function silenceAlerts(
  database: SilenceDatabase,
  wish: SilenceWish,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<SilenceOutcome> {
  const { lengthMs, reason, actor } = wish;
  const problem = findFault(wish) ?? (await findCrowd(database, nowMs));
  if (problem !== undefined) return refuse(problem);
  const alerts = await readWished(database, wish);
  if (alerts === undefined)
    return refuse(`there never was an alert '${wish.alertId}': scoreline alerts list --all has their ids`);
  const silence: Silence = { id, alerts, startsAtMs: nowMs, endsAtMs: nowMs + lengthMs, reason, actor };
  await saveSilence(database, silence);
  return {
    ok: true,
    lines: [
      `✓ silenced until ${minute(silence.endsAtMs)}: ${describeSilenced(alerts)}`,
      ...(await tellAbout(database, silence, nowMs)),
      `  to end it before: scoreline alerts unsilence ${id}`,
    ],
  };
}

function findFault({ alertId, signal, subject, model }: SilenceWish): string | undefined {
  if ((alertId === undefined) === (signal === undefined))
    return 'name one alert by its id, or all of a signal by --signal';
  if (alertId !== undefined)
    return subject === undefined && model === undefined
      ? undefined
      : '--subject and --model narrow down --signal; an id names one alert already';
  return SIGNALS.some((known) => known === signal)
    ? undefined
    : `there is no signal '${signal}': it is one of ${SIGNALS.join(', ')}`;
}

/** As many as are read at once hold already. */
async function findCrowd(database: SilenceDatabase, nowMs: number): Promise<string | undefined> {
  const holding = await readSilences(database, nowMs);
  if (holding.length < MOST_SILENCES) return undefined;
  return `${MOST_SILENCES} silences hold, which is the most: end some (scoreline alerts unsilence), or silence a signal`;
}

/** Undefined: there never was the one alert. */
async function readWished(
  database: SilenceDatabase,
  { alertId, signal, subject, model }: SilenceWish,
): Promise<SilencedAlerts | undefined> {
  if (alertId === undefined) return { signal, subject, model };
  const [alert] = await readNewestChanges(database, alertId, 1);
  return alert === undefined ? undefined : silencedAlertsOf(alert);
}

async function tellAbout(database: SilenceDatabase, silence: Silence, nowMs: number): Promise<string[]> {
  const firing = await readLatest(database, `state = 'firing' AND silenced_by IS NULL`);
  const about = firing.filter((each) => silenceOf(each, [silence], nowMs) !== undefined);
  if (about.length > 0)
    return [
      '  announced now, and told to nobody again:',
      ...about.map((each) => `    ${each.severity.padEnd(8)}  ${each.alert_id}`),
    ];
  return (await wasEver(database, silence.alerts))
    ? ['  none of them is announced now']
    : ['  ⚠ there never was such an alert: is it spelt as in scoreline alerts list --all?'];
}

async function wasEver(database: SilenceDatabase, alerts: SilencedAlerts): Promise<boolean> {
  const named = Object.entries({ signal: alerts.signal, subject: alerts.subject, model: alerts.model });
  const params = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  const condition = Object.keys(params).map((field) => `${field} = {${field}:String}`);
  return (await readChanges(database, condition.join(' AND '), params, 1)).length > 0;
}

function refuse(problem: string): SilenceOutcome {
  return { ok: false, lines: [`✗ ${problem}`] };
}

/** Ends a silence now; one that is over stays as it ended. */
export async function unsilenceAlerts(
  database: SilenceDatabase,
  id: string,
  { actor, nowMs }: { readonly actor: string; readonly nowMs: number },
): Promise<SilenceOutcome> {
  const silence = await findSilence(database, id);
  if (silence === undefined)
    return refuse(`there is no silence '${id}': scoreline alerts silences has their ids`);
  if (!isActive(silence, nowMs)) return refuse(`'${id}' ended ${minute(silence.endsAtMs)}`);
  await saveSilence(database, { ...silence, endsAtMs: nowMs, endedBy: actor });
  return {
    ok: true,
    lines: [`✓ ended: ${describeSilenced(silence.alerts)}; what still fires is told within seconds`],
  };
}
