import { pino, type Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** What the typed events of a service are emitted through; nothing else holds a logger or a metric. */
export interface Telemetry {
  readonly log: Logger;
  readonly registry: Registry;
}

/** JSON lines on standard output, and a Prometheus registry with the process's own metrics (event-loop delay too). */
export function createTelemetry(options: { readonly service: string; readonly logLevel: string }): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
  const log = pino({ level: options.logLevel, base: { service: options.service } });
  return { log, registry };
}
