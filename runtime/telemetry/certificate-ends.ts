import { Gauge } from 'prom-client';
import { readCertificateEnds } from '../config/tls.ts';
import type { Telemetry } from './telemetry.ts';

/** Tells until when the certificates hold that a service has read at its start; one that was renewed since shows after a restart. */
export function tellCertificateEnds(
  { registry }: Telemetry,
  config: Readonly<Record<string, unknown>>,
): void {
  const ends = new Gauge({
    name: 'scoreline_certificate_expires_timestamp_seconds',
    help: 'When the certificates end that were read at the start, by the variable that names their file.',
    labelNames: ['variable'],
    registers: [registry],
  });
  for (const { variable, endsAtMs } of readCertificateEnds(config)) ends.set({ variable }, endsAtMs / 1000);
}
