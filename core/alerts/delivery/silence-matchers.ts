import type { SilencedAlerts } from '../silence.ts';
import { nameAlert } from './postable-alerts.ts';

/** A matcher of Alertmanager's v2 API. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: false;
  readonly isEqual: true;
}

/**
 * What Alertmanager is to silence, by the labels that it is told alerts with. It doesn't know statistics: there, two
 * alerts that differ in nothing else are one. The empty value matches an alert without the label.
 */
export function toMatchers(alerts: SilencedAlerts): readonly Matcher[] {
  const labels: Readonly<Record<string, string | null | undefined>> = {
    alertname: alerts.signal === undefined ? undefined : nameAlert(alerts.signal),
    signal: alerts.signal,
    subject: alerts.subject,
    model: alerts.model,
    version: alerts.modelVersion,
    segment: alerts.segment,
    window_size: alerts.windowSize,
  };
  return Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: value ?? '', isRegex: false, isEqual: true }],
  );
}
