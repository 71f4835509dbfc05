import type { Policy } from '../contracts/policy.ts';
import type { ReadSpan } from './rollout-defaults.ts';

/** When an alert fires, is told and resolves, with nothing left to decide. Spans are in milliseconds. */
export interface CompleteAlertsPolicy {
  readonly fireAfter: number;
  readonly within: number;
  readonly criticalP: number;
  readonly resolveAfter: number;
  readonly resolveBelow: number;
  readonly coolDownMs: number;
  readonly minorImportance: number;
  readonly runbookUrl: string | null;
}

/**
 * Two hours: a burst of slow minutes is told once, as is an hourly window that comes right back; the afternoon's
 * outage is told again. What still fires at the end of it is told then.
 */
const COOL_DOWN = 'PT2H';
/** By chance about once in ten years of hourly windows. */
export const CRITICAL_P = 1e-6;
/** A feature that carries less than a hundredth of the model's importance can't turn many scores around. */
const MINOR_IMPORTANCE = 0.01;

/** Fills in the defaults of the policy's section `alerts`; problems are added to `problems`. */
export function completeAlerts(
  { alerts = {} }: Policy,
  readSpan: ReadSpan,
  problems: string[],
): CompleteAlertsPolicy {
  const fireAfter = alerts.fire_after ?? 2;
  const within = alerts.within ?? Math.max(3, fireAfter);
  if (fireAfter > within) {
    problems.push(`alerts.fire_after: ${fireAfter} drifted windows can't be among ${within} (alerts.within)`);
  }
  return {
    fireAfter,
    within,
    criticalP: alerts.critical_p ?? CRITICAL_P,
    resolveAfter: alerts.resolve_after ?? 2,
    resolveBelow: alerts.resolve_below ?? 0.8,
    coolDownMs: readSpan('alerts.cool_down', alerts.cool_down ?? COOL_DOWN),
    minorImportance: alerts.minor_importance ?? MINOR_IMPORTANCE,
    runbookUrl: alerts.runbook_url ?? null,
  };
}
