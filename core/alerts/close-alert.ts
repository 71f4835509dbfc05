import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { AlertsState, ScopeState } from './decide.ts';

/** Why no window to come decides an alert: its version scores no longer, or the policy has no place for it. */
export type CloseReason = 'retired' | 'left-out';

/**
 * The resolve of an alert that no window will ever resolve. Value, window and query stay those of the alert's last
 * change; `closedAtMs` is wall clock.
 */
export function closeAlert(last: ScoringAlert, reason: CloseReason, closedAtMs: number): ScoringAlert {
  const { subject, model, model_version: version } = last;
  const because =
    reason === 'retired' ? `${model} ${version} is no longer in production` : 'the policy leaves it out';
  const message = `${subject} is watched no longer: ${because}.`;
  return { ...last, state: 'resolved', message, raised_at: closedAtMs };
}

/** What is left to remember without these alerts, or without any: which windows were decided, so that none alarms again. */
export function forgetAlerts({ scopes }: AlertsState, closed?: ReadonlySet<string>): AlertsState {
  const without = (memories: ScopeState['memories']): ScopeState['memories'] =>
    new Map(closed && [...memories].filter(([id]) => !closed.has(id)));
  return {
    scopes: new Map(
      [...scopes].map(([key, scope]) => [key, { ...scope, memories: without(scope.memories) }]),
    ),
  };
}

/** End of the last decided window of any scope; −Infinity before the first. */
export function decidedUntil({ scopes }: AlertsState): number {
  return [...scopes.values()].reduce((max, { decidedUntilMs }) => Math.max(max, decidedUntilMs), -Infinity);
}
