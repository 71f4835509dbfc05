import { Counter, Gauge, Histogram } from 'prom-client';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { RefusalReason } from './access/guard.ts';
import type { KeyRingEvents } from './access/key-ring.ts';
import type { ConnectionFault } from './connections.ts';

/** What an HTTP server has to tell: metrics by route, and a log line where a request met a bug. */
export interface HttpEvents extends KeyRingEvents {
  requestServed(request: {
    readonly method: string;
    /** The route's pattern, never the URL: labels are bounded. */
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }): void;
  requestFailed(request: { readonly method: string; readonly route: string; readonly error: Error }): void;
  /** Nothing was done for it. */
  requestRefused(reason: RefusalReason | ConnectionFault): void;
}

export function createHttpEvents(telemetry: Telemetry): HttpEvents {
  const { log } = telemetry;
  const { duration, refused, keys, stale } = createMetrics(telemetry);
  return {
    requestServed({ method, route, status, durationMs }) {
      duration.observe({ method, route, status }, durationMs / 1000);
    },
    requestFailed({ method, route, error }) {
      log.error({ event: 'http_request_failed', method, route, err: error }, 'an HTTP request met an error');
    },
    requestRefused: (reason) => refused.inc({ reason }),
    keysLoaded(count) {
      keys.set(count);
      stale.set(0);
      log.info({ event: 'http_keys_loaded', keys: count }, 'HTTP keys are in force');
    },
    keysUnusable(problems) {
      stale.set(1);
      log.error(
        { event: 'http_keys_unusable', problems },
        'the key file can not be used: the keys before stay',
      );
    },
  };
}

function createMetrics({ registry }: Telemetry) {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'scoreline_http_request_duration_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    refused: new Counter({
      name: 'scoreline_http_requests_refused_total',
      help: 'Requests and connections that were turned away before anything was done for them.',
      labelNames: ['reason'],
      registers,
    }),
    keys: new Gauge({
      name: 'scoreline_http_keys',
      help: 'Keys in force; 0: none are configured, or nobody is let in.',
      registers,
    }),
    stale: new Gauge({
      name: 'scoreline_http_keys_stale',
      help: '1 while the key file can not be used and the keys before it stay in force.',
      registers,
    }),
  };
}
