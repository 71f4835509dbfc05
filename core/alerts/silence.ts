import type { ScoringAlert } from '../contracts/scoring-alert.ts';

/** Which alerts a silence is about: those whose fields are these; what is undefined may be anything, null is all leads. */
export interface SilencedAlerts {
  readonly alertId?: string | undefined;
  readonly signal?: string | undefined;
  readonly subject?: string | undefined;
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly segment?: string | null | undefined;
  readonly windowSize?: string | undefined;
}

/**
 * A person's word that nobody is to be told of some alerts for a time. They are decided, stored and published as ever.
 * Times are epoch milliseconds.
 */
export interface Silence {
  readonly id: string;
  readonly alerts: SilencedAlerts;
  readonly startsAtMs: number;
  /** It ends by itself; one that was ended by hand says so here too. */
  readonly endsAtMs: number;
  readonly reason: string;
  readonly actor: string;
  /** Who ended it by hand; undefined: nobody has. */
  readonly endedBy?: string | undefined;
}

/** What an alert is matched by. */
export type Silenceable = Pick<
  ScoringAlert,
  'alert_id' | 'signal' | 'subject' | 'model' | 'model_version' | 'segment' | 'window_size'
>;

/** A silence of one alert: all of its fields, so that whoever doesn't know its id (Alertmanager) finds it by them. */
export function silencedAlertsOf(alert: Silenceable): SilencedAlerts {
  return {
    alertId: alert.alert_id,
    signal: alert.signal,
    subject: alert.subject,
    model: alert.model,
    modelVersion: alert.model_version,
    segment: alert.segment,
    windowSize: alert.window_size,
  };
}

/** Whether it holds at that instant: its start belongs to it, its end doesn't. */
export function isActive({ startsAtMs, endsAtMs }: Silence, nowMs: number): boolean {
  return startsAtMs <= nowMs && nowMs < endsAtMs;
}

/** The silence that keeps people from being told of an alert now: of several the one that lasts longest; undefined: none does. */
export function silenceOf(
  alert: Silenceable,
  silences: readonly Silence[],
  nowMs: number,
): Silence | undefined {
  return silences
    .filter((silence) => isActive(silence, nowMs) && isAbout(silence, alert))
    .toSorted((a, b) => b.endsAtMs - a.endsAtMs)[0];
}

function isAbout({ alerts }: Silence, alert: Silenceable): boolean {
  const fields = silencedAlertsOf(alert);
  return (Object.keys(fields) as (keyof SilencedAlerts)[]).every(
    (field) => alerts[field] === undefined || alerts[field] === fields[field],
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 30 * 86_400_000;

/**
 * How long a silence lasts, in ms, from `30m`, `4h`, `2d`. Null where it reads otherwise, is nothing, or is longer than
 * 30 days: what nobody is to hear of for longer is the policy's to leave out.
 */
export function parseSilenceLength(text: string): number | null {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const lengthMs = Number(count) * (UNIT_MS[unit ?? ''] ?? NaN);
  return lengthMs > 0 && lengthMs <= LONGEST_MS ? lengthMs : null;
}
