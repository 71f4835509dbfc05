import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { CloseEvents } from './close-together.ts';

/** The facts of closing windows, each as its log line and its metrics together. */
export function createWindowEvents({ log, registry }: Telemetry): CloseEvents {
  const metrics = createMetrics(registry);
  return {
    windowsClosed({ scope, windows, reopened, alerts, durationMs }) {
      metrics.windows.inc({ role: scope.role }, windows);
      metrics.reopened.inc({ role: scope.role }, reopened);
      metrics.close.observe(durationMs / 1e3);
      log.info({ ...scope, windows, reopened, alerts: alerts.length, durationMs }, 'windows closed');
    },
    windowsExpired(scope, windows) {
      metrics.expired.inc(windows.length);
      const starts = windows.map(({ startMs }) => new Date(startMs).toISOString());
      log.warn(
        { ...scope, starts },
        'rows of these windows are gone: what was computed from all of them stays',
      );
    },
    withoutReference(scope, windows) {
      metrics.withoutReference.inc(windows);
      log.warn({ ...scope, windows }, 'windows without a verdict: no reference to compare with');
    },
    candidateSilent({ model, modelVersion }, { size, startMs }) {
      metrics.candidateSilent.inc({ model, modelVersion });
      log.warn(
        { model, modelVersion, size, start: new Date(startMs).toISOString() },
        'production scored leads, the candidate none of them',
      );
    },
    windowFailed({ scope, window, attempts, retryInMs }, error) {
      metrics.windowFailures.inc({ role: scope.role });
      const start = new Date(window.startMs).toISOString();
      log.warn(
        { ...scope, size: window.size.text, start, attempts, retryInMs, err: error },
        'a window can not be closed: the others go on',
      );
    },
    windowsFailing: (count) => metrics.windowsFailing.set(count),
    watermarkMoved(role, watermarkMs) {
      if (Number.isFinite(watermarkMs)) metrics.watermark.set({ role }, watermarkMs / 1e3);
    },
  };
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function createMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `scoreline_drift_${name}_total`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `scoreline_drift_${name}`, help, labelNames, registers });
  return {
    windows: counter('windows', 'Windows computed, by role.', ['role']),
    reopened: counter('windows_reopened', 'Windows computed anew as events came late, by role.', ['role']),
    expired: counter('windows_expired', 'Dirty windows whose rows retention has taken.'),
    withoutReference: counter(
      'windows_without_reference',
      'Windows without a verdict for want of a package.',
    ),
    windowFailures: counter('window_failures', 'Tries to close a window that failed by itself, by role.', [
      'role',
    ]),
    windowsFailing: gauge('windows_failing', 'Windows that can not be closed while others are.'),
    candidateSilent: counter('candidate_silent', 'Windows in which a candidate scored no lead.', [
      'model',
      'modelVersion',
    ]),
    close: new Histogram({
      name: 'scoreline_drift_close_seconds',
      help: 'Time to compute and decide a round of windows.',
      buckets: SECONDS,
      registers,
    }),
    watermark: gauge('watermark_timestamp_seconds', 'How far event time has come, by role.', ['role']),
  };
}
