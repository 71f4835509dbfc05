import type { DriftResult } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';

/** How urgent an alert is. */
export type AlertSeverity = 'info' | 'warning' | 'critical';

const RANKS: Record<AlertSeverity, number> = { info: 0, warning: 1, critical: 2 };

/** Above 0 where `a` is more severe than `b`, below 0 where it is less, 0 where they are alike. */
export function compareSeverities(a: AlertSeverity, b: AlertSeverity): number {
  return RANKS[a] - RANKS[b];
}

/**
 * The severity that a result may alarm with: what the evidence gives, but `info` at most for a feature that hardly
 * counts in the model (`alerts.minor_importance`).
 */
export function capSeverity(
  severity: AlertSeverity,
  { importance }: Pick<DriftResult, 'importance'>,
  { minorImportance }: CompletePolicy['alerts'],
): AlertSeverity {
  return importance !== null && importance < minorImportance ? 'info' : severity;
}
