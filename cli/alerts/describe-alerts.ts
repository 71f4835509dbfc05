import { type Silence, silenceOf } from '@scoreline/core/alerts/silence.ts';
import type {
  AlertDelivery,
  AlertHistory,
  AlertNow,
  AlertSink,
} from '@scoreline/runtime/alerts/alert-reader.ts';
import { describeSilence, minute } from './describe-silences.ts';
import type { PublishedAlert } from '@scoreline/runtime/alerts/read-alerts.ts';

/** What a list says beside the alerts. */
export interface ListContext {
  readonly sinks: readonly AlertSink[];
  readonly silences: readonly Silence[];
  /** Those that nobody is told of, too. */
  readonly all: boolean;
  readonly nowMs: number;
}

/** Alerts as lines for a terminal: announced ones with whom they stand for; those only where all are asked for. */
export function describeAlerts(
  alerts: readonly AlertNow[],
  { sinks, silences, all, nowMs }: ListContext,
): string[] {
  const firing = alerts.filter(({ latest }) => latest.state === 'firing');
  const announced = firing.filter(({ latest }) => latest.silenced_by === null);
  const told = all ? alerts : announced;
  return [
    firing.length === 0
      ? 'no alert fires'
      : `${firing.length} ${firing.length === 1 ? 'alert fires' : 'alerts fire'}, ${announced.length} announced`,
    ...told.flatMap((alert) => ['', ...describeAlert(alert, silenceOf(alert.latest, silences, nowMs))]),
    ...sinks.filter(({ problem }) => problem !== '').map(({ sink, problem }) => `\n✗ ${sink}: ${problem}`),
  ];
}

function describeAlert({ latest, standsFor }: AlertNow, silence: Silence | undefined): string[] {
  const { state, severity, message, silenced_by: silencer } = latest;
  const since =
    state === 'firing'
      ? `since ${minute(latest.episode_started_at)}`
      : `${minute(latest.episode_started_at)} to ${minute(latest.window_end)}`;
  return [
    `${state === 'resolved' ? 'resolved' : severity.padEnd(8)}  ${latest.alert_id}`,
    `          ${since}: ${message}`,
    ...(silencer === null ? [] : [`          silenced by ${silencer}`]),
    ...(silence === undefined ? [] : [`          ${describeSilence(silence)}`]),
    ...(standsFor.length === 0 ? [] : [`          stands for ${standsFor.join(', ')}`]),
    ...(latest.runbook === null ? [] : [`          runbook ${latest.runbook}`]),
  ];
}

/** An alert's life, then its SQL and what that gives now. */
export function describeHistory({ changes, deliveries }: AlertHistory, measured: string): string[] {
  const last = changes.at(-1);
  return [
    ...changes.flatMap((change) => [
      `${minute(change.raised_at)}  ${change.state === 'resolved' ? 'resolved' : change.severity}${describeVoice(change)}`,
      `  ${change.message}`,
      ...deliveries.filter(({ position }) => position === change.position).map(describeDelivery),
    ]),
    '',
    `value ${last?.value ?? '–'} when it was decided, ${measured} now, by`,
    last?.query ?? '',
  ];
}

function describeVoice({ silenced_by: silencer, silence }: PublishedAlert): string {
  const spokenFor = silencer === null ? '' : `, silenced by ${silencer}`;
  return silence === null ? spokenFor : `${spokenFor}, in silence ${silence}`;
}

function describeDelivery({ sink, outcome, attempts, problem, attempted_at: at }: AlertDelivery): string {
  const when = at.slice(0, 16);
  if (outcome === 'silenced') return `  – ${sink} ${when}Z: not told, it was silenced`;
  if (outcome === 'delivered') return `  ✓ ${sink} ${when}Z`;
  return `  ✗ ${sink}: ${outcome.replace('_', ' ')} after ${attempts} attempts, ${when}Z: ${problem}`;
}
