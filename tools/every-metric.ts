import { createScoringEvents } from '../pipeline/scoring-events.ts';
import { createHttpEvents } from '../runtime/http/events.ts';
import { createRegistryEvents } from '../runtime/registry/registry-events.ts';
import { createRetrainingEvents } from '../runtime/retraining/retraining-log.ts';
import { createRolloutEvents } from '../runtime/rollouts/rollout-log.ts';
import { tellCertificateEnds } from '../runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '../runtime/telemetry/telemetry.ts';
import { createDriftEvents } from '../services/drift/drift-events.ts';
import { createControllerEvents } from '../services/rollout/controller-events.ts';

/** One metric as the services register it. */
export interface KnownMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** Every metric of every service, Node's own among them. */
export function listEveryMetric(): readonly KnownMetric[] {
  const telemetry = createTelemetry({ service: 'any', logLevel: 'silent' });
  createScoringEvents(telemetry);
  createDriftEvents(telemetry);
  createRegistryEvents(telemetry);
  createRolloutEvents(telemetry);
  createRetrainingEvents(telemetry);
  createControllerEvents(telemetry);
  createHttpEvents(telemetry);
  tellCertificateEnds(telemetry, {});
  return telemetry.registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    type: typeOf(metric),
    labels: [...(Reflect.get(metric, 'labelNames') as readonly string[])].sort(),
  }));
}

/** The names under which Prometheus stores a metric's samples. */
export function sampleNames({ name, type }: KnownMetric): readonly string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
}

function typeOf(metric: object): string {
  const { constructor } = Object.getPrototypeOf(metric) as { constructor: { name: string } };
  return constructor.name.toLowerCase();
}
