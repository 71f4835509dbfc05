import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { AlertsState } from './decide.ts';

/**
 * The resolve of an alert that no window will ever resolve, as nothing is scored by its version any more. Value, window
 * and query stay those of the alert's last change; `closedAtMs` is wall clock.
 */
export function closeAlert(last: ScoringAlert, closedAtMs: number): ScoringAlert {
  const { subject, model, model_version: version } = last;
  const message = `${subject} is watched no longer: ${model} ${version} is no longer in production.`;
  return { ...last, state: 'resolved', message, raised_at: closedAtMs };
}

/** What is left to remember of closed alerts: which windows were decided, so that none alarms again. */
export function forgetAlerts({ scopes }: AlertsState): AlertsState {
  return { scopes: new Map([...scopes].map(([key, scope]) => [key, { ...scope, memories: new Map() }])) };
}

/** End of the last decided window of any scope; −Infinity before the first. */
export function decidedUntil({ scopes }: AlertsState): number {
  return [...scopes.values()].reduce((max, { decidedUntilMs }) => Math.max(max, decidedUntilMs), -Infinity);
}
