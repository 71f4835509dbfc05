import type { DriftResult, EffectLevel } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';

type AlertsPolicy = CompletePolicy['alerts'];

/** From the firing of an alert to its resolve. Severity only rises within it. */
export interface Episode {
  /** End of the window that made it fire. */
  readonly startedAtMs: number;
  readonly severity: 'warning' | 'critical';
}

/** What one alert remembers between windows. */
export interface AlertMemory {
  /** Effects of the latest judged windows, oldest first, at most `within`; 'none' where not drifted. */
  readonly recent: readonly EffectLevel[];
  /** Judged windows in a row below the resolve level; 0 unless firing. */
  readonly calmWindows: number;
  readonly episode: Episode | null;
}

/** An alert that nothing is known of. */
export const QUIET: AlertMemory = { recent: [], calmWindows: 0, episode: null };

/**
 * What an alert remembers after one more window. It fires at a drifted window when k of the latest n drifted, or
 * at once where the effect is critical with adjusted p below `criticalP`. It resolves after `resolveAfter` windows
 * in a row below the resolve level, and then starts afresh. Too little data leaves all as it is; a subject that may
 * not alarm is quiet.
 */
export function remember(
  memory: AlertMemory,
  result: DriftResult,
  windowEndMs: number,
  policy: AlertsPolicy,
): AlertMemory {
  if (!result.alarms) return QUIET;
  if (result.verdict === 'insufficient_data') return memory;
  const effect = result.verdict === 'drifted' ? result.level : 'none';
  const recent = [...memory.recent, effect].slice(-policy.within);
  const severity = effect === 'none' ? null : severityOf(recent, result, policy);
  if (memory.episode === null) {
    return { recent, calmWindows: 0, episode: severity && { startedAtMs: windowEndMs, severity } };
  }
  const calmWindows = isCalm(result, policy) ? memory.calmWindows + 1 : 0;
  if (calmWindows >= policy.resolveAfter) return QUIET;
  return {
    recent,
    calmWindows,
    episode: severity === 'critical' ? { ...memory.episode, severity } : memory.episode,
  };
}

/** Critical where the critical effects alone suffice; null where the evidence doesn't. */
function severityOf(
  recent: readonly EffectLevel[],
  result: DriftResult,
  policy: AlertsPolicy,
): Episode['severity'] | null {
  const critical = recent.filter((effect) => effect === 'critical').length;
  const beyondDoubt = result.level === 'critical' && (result.adjustedPValue ?? 1) < policy.criticalP;
  if (beyondDoubt || critical >= policy.fireAfter) return 'critical';
  return recent.filter((effect) => effect !== 'none').length >= policy.fireAfter ? 'warning' : null;
}

/** Hysteresis: well below what it would take to alarm, which in a small window is the critical value. */
function isCalm(result: DriftResult, policy: AlertsPolicy): boolean {
  return result.value <= policy.resolveBelow * Math.max(result.threshold, result.criticalValue ?? 0);
}
