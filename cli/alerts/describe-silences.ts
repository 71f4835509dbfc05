import { isActive, type Silence, type SilencedAlerts } from '@scoreline/core/alerts/silence.ts';

/** Silences as lines for a terminal, those that hold first as they are given; none is said so. */
export function describeSilences(silences: readonly Silence[], nowMs: number): string[] {
  if (silences.length === 0) return ['no alert is silenced'];
  return silences.flatMap((silence) => [
    `${silence.id}  ${describeEnd(silence, nowMs)}`,
    `          ${describeSilenced(silence.alerts)}`,
    `          ${silence.actor} since ${minute(silence.startsAtMs)}: ${silence.reason}`,
  ]);
}

/** Why and until when an alert is silenced, in one line. */
export function describeSilence({ id, endsAtMs, actor, reason }: Silence): string {
  return `silenced until ${minute(endsAtMs)} by ${actor}: ${reason} (${id})`;
}

/** Which alerts: one by its id, or all that have something in common. */
export function describeSilenced(alerts: SilencedAlerts): string {
  if (alerts.alertId !== undefined) return alerts.alertId;
  const { signal, subject, model } = alerts;
  return ['all alerts', signal, subject === undefined ? '' : `about ${subject}`, model && `of ${model}`]
    .filter(Boolean)
    .join(' ');
}

function describeEnd(silence: Silence, nowMs: number): string {
  if (isActive(silence, nowMs)) return `until ${minute(silence.endsAtMs)}`;
  const by = silence.endedBy === undefined ? '' : ` by ${silence.endedBy}`;
  return `ended ${minute(silence.endsAtMs)}${by}`;
}

/** UTC. */
export function minute(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
