import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createScoringEvents } from '../pipeline/scoring-events.ts';
import { createHttpEvents } from '../runtime/http/events.ts';
import { createRegistryEvents } from '../runtime/registry/registry-events.ts';
import { createRolloutEvents } from '../runtime/rollouts/rollout-log.ts';
import { createTelemetry } from '../runtime/telemetry/telemetry.ts';
import { createDriftEvents } from '../services/drift/drift-events.ts';
import { createControllerEvents } from '../services/rollout/controller-events.ts';

/** Each metric as name, type and labels; Node's own are left out. */
function listMetrics(): string[] {
  const telemetry = createTelemetry({ service: 'any', logLevel: 'silent' });
  createScoringEvents(telemetry);
  createDriftEvents(telemetry);
  createRegistryEvents(telemetry);
  createRolloutEvents(telemetry);
  createControllerEvents(telemetry);
  createHttpEvents(telemetry);
  const metrics = telemetry.registry.getMetricsAsArray().filter(({ name }) => name.startsWith('scoreline_'));
  return metrics.map((metric) => {
    const labels = Reflect.get(metric, 'labelNames') as readonly string[];
    const { constructor } = Object.getPrototypeOf(metric) as { constructor: { name: string } };
    return describeMetric(metric.name, constructor.name.toLowerCase(), [...labels]);
  });
}

function describeMetric(name: string, type: string, labels: readonly string[]): string {
  return `${name}: ${type} by ${[...labels].sort().join(', ')}`;
}

describe('docs/telemetry.md', () => {
  it('has every metric with its type and labels, and no other', async () => {
    const page = await readFile(new URL('../docs/telemetry.md', import.meta.url), 'utf8');
    const rows = page.matchAll(
      /^\| `(?<name>\w+)` *\| (?<type>\w+) *\| (?<labels>[^|]*)\| (?<meaning>\S[^|]*)\|$/gm,
    );
    const explained = [...rows].map(({ groups: { name = '', type = '', labels = '' } = {} }) =>
      describeMetric(
        name,
        type,
        [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
      ),
    );
    expect(explained.sort()).toEqual(listMetrics().sort());
  });
});
