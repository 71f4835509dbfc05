import { Histogram } from 'prom-client';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What an HTTP server has to tell: metrics by route, and a log line where a request met a bug. */
export interface HttpEvents {
  requestServed(request: {
    readonly method: string;
    /** The route's pattern, never the URL: labels are bounded. */
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }): void;
  requestFailed(request: { readonly method: string; readonly route: string; readonly error: Error }): void;
}

export function createHttpEvents({ log, registry }: Telemetry): HttpEvents {
  const duration = new Histogram({
    name: 'scoreline_http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  return {
    requestServed({ method, route, status, durationMs }) {
      duration.observe({ method, route, status }, durationMs / 1000);
    },
    requestFailed({ method, route, error }) {
      log.error({ event: 'http_request_failed', method, route, err: error }, 'an HTTP request met an error');
    },
  };
}
