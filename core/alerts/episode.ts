import type { DriftResult, EffectLevel } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { type AlertSeverity, capSeverity, compareSeverities } from './ceiling.ts';

type AlertsPolicy = CompletePolicy['alerts'];

/** By the policy's `drift.shares`. */
const SHARE_SIGNALS: ReadonlySet<string> = new Set(['missing_rate', 'new_category']);

/** From the firing of an alert to its resolve. Severity only rises within it. */
export interface Episode {
  /** End of the window that made it fire. */
  readonly startedAtMs: number;
  readonly severity: AlertSeverity;
  /** It fired again within the cool-down: recorded, and told to nobody while this is true. */
  readonly isCooling: boolean;
}

/** What the last announced episode leaves behind. */
export interface CoolDown {
  /** On the windows' own clock: end of the window that resolved it, and the policy's `cool_down`. */
  readonly untilMs: number;
  readonly severity: AlertSeverity;
}

/** What one alert remembers between windows. */
export interface AlertMemory {
  /** Effects of the latest judged windows, oldest first, at most `within`; 'none' where not drifted. */
  readonly recent: readonly EffectLevel[];
  /** Judged windows in a row below the resolve level; 0 unless firing. */
  readonly calmWindows: number;
  readonly episode: Episode | null;
  /** Null before the first resolve. An episode that was silent leaves it as it was, or a flapping alert would be for ever. */
  readonly coolDown: CoolDown | null;
}

/** An alert that nothing is known of. */
export const QUIET: AlertMemory = { recent: [], calmWindows: 0, episode: null, coolDown: null };

/**
 * What an alert remembers after one more window. It fires at a drifted window when k of the latest n drifted, or
 * at once where chance is out of the question: adjusted p below `criticalP`, of shares their own. It resolves after `resolveAfter` windows
 * in a row below the resolve level, and then starts afresh but for its cool-down: firing again within it, it is silent
 * until it has passed or it becomes more severe than it was. Too little data leaves all as it is; a subject that may
 * not alarm is quiet.
 */
export function remember(
  memory: AlertMemory,
  result: DriftResult,
  windowEndMs: number,
  policy: CompletePolicy,
): AlertMemory {
  const { within, resolveAfter } = policy.alerts;
  if (!result.alarms) return QUIET;
  if (result.verdict === 'insufficient_data') return memory;
  const effect = result.verdict === 'drifted' ? result.level : 'none';
  const recent = [...memory.recent, effect].slice(-within);
  const severity = effect === 'none' ? null : severityOf(recent, result, policy);
  const { coolDown } = memory;
  if (memory.episode === null) {
    const fired = severity && { startedAtMs: windowEndMs, severity, isCooling: true };
    return { recent, calmWindows: 0, episode: fired && wake(fired, coolDown, windowEndMs), coolDown };
  }
  const calmWindows = isCalm(result, policy.alerts) ? memory.calmWindows + 1 : 0;
  if (calmWindows >= resolveAfter) return resolve(memory.episode, coolDown, windowEndMs, policy.alerts);
  const isWorse = severity !== null && compareSeverities(severity, memory.episode.severity) > 0;
  const episode = isWorse ? { ...memory.episode, severity } : memory.episode;
  return { recent, calmWindows, episode: wake(episode, coolDown, windowEndMs), coolDown };
}

/** A silent episode is silent no longer once the cool-down has passed, or once it is worse than the one before. */
function wake(episode: Episode, coolDown: CoolDown | null, windowEndMs: number): Episode {
  if (!episode.isCooling) return episode;
  const isCooling =
    coolDown !== null &&
    windowEndMs < coolDown.untilMs &&
    compareSeverities(episode.severity, coolDown.severity) <= 0;
  return { ...episode, isCooling };
}

function resolve(
  { severity, isCooling }: Episode,
  before: CoolDown | null,
  windowEndMs: number,
  { coolDownMs }: AlertsPolicy,
): AlertMemory {
  return { ...QUIET, coolDown: isCooling ? before : { untilMs: windowEndMs + coolDownMs, severity } };
}

/** Critical where the critical effects alone suffice; null where the evidence doesn't; never above what it may be. */
function severityOf(
  recent: readonly EffectLevel[],
  result: DriftResult,
  { alerts, drift }: CompletePolicy,
): AlertSeverity | null {
  const { criticalP } = SHARE_SIGNALS.has(result.signal) ? drift.shares : alerts;
  const beyondDoubt = (result.adjustedPValue ?? 1) < criticalP;
  const critical = recent.filter((effect) => effect === 'critical').length;
  if ((beyondDoubt && result.level === 'critical') || critical >= alerts.fireAfter) {
    return capSeverity('critical', result, alerts);
  }
  const isEnough = beyondDoubt || recent.filter((effect) => effect !== 'none').length >= alerts.fireAfter;
  return isEnough ? capSeverity('warning', result, alerts) : null;
}

/** Hysteresis: well below what it would take to alarm, which in a small window is the critical value. */
function isCalm(result: DriftResult, policy: AlertsPolicy): boolean {
  return result.value <= policy.resolveBelow * Math.max(result.threshold, result.criticalValue ?? 0);
}
