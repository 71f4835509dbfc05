import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge } from 'prom-client';

/** What became of one change at one sink. */
export interface DeliveryFact {
  readonly sink: string;
  readonly alertId: string;
  readonly position: number;
  readonly outcome: 'delivered' | 'retrying' | 'given_up' | 'silenced';
  readonly problem: string;
}

/** The facts of delivering alerts, each its log line and its metrics together. */
export interface NotificationEvents {
  attempted(fact: DeliveryFact): void;
  /** After each look at a sink; empty: it takes what it is given. */
  sinkSeen(sink: string, problem: string): void;
  /** Another instance delivers there. */
  sinkLeft(sink: string): void;
}

/** Metrics are created once per registry; names and labels are listed in docs/telemetry.md. */
export function createNotificationEvents({ log, registry }: Telemetry): NotificationEvents {
  const registers = [registry];
  const deliveries = new Counter({
    name: 'scoreline_drift_alert_deliveries_total',
    help: 'Attempts to deliver an announced change, by sink and outcome.',
    labelNames: ['sink', 'outcome'],
    registers,
  });
  const up = new Gauge({
    name: 'scoreline_drift_alert_sink_up',
    help: '1 for a sink that takes what it is given, 0 for one that does not.',
    labelNames: ['sink'],
    registers,
  });
  const problems = new Map<string, string>();
  return {
    attempted({ sink, alertId, position, outcome, problem }) {
      deliveries.inc({ sink, outcome });
      if (outcome === 'delivered') log.info({ sink, alertId, position }, 'alert delivered');
      else if (outcome === 'silenced')
        log.info({ sink, alertId, position }, 'alert not told: it is silenced');
      else if (outcome === 'given_up')
        log.error({ sink, alertId, position, problem }, 'alert NOT delivered: given up');
      else log.warn({ sink, alertId, position, problem }, 'alert not delivered yet');
    },
    sinkLeft: (sink) => up.remove({ sink }),
    sinkSeen(sink, problem) {
      up.set({ sink }, problem === '' ? 1 : 0);
      if ((problems.get(sink) ?? '') === problem) return;
      problems.set(sink, problem);
      if (problem === '') log.info({ sink }, 'the sink takes alerts again');
      else log.warn({ sink, problem }, 'the sink can not be delivered to: it is tried again');
    },
  };
}
