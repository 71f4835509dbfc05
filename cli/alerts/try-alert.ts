import type { AlertSeverity } from '@scoreline/core/alerts/ceiling.ts';
import { testAlert } from '@scoreline/core/alerts/test-alert.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import {
  type AlertDelivery,
  type AlertReader,
  createAlertReader,
} from '@scoreline/runtime/alerts/alert-reader.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { readCommittedPages } from '@scoreline/runtime/kafka/read-committed.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { resolveTopicRange } from '@scoreline/runtime/kafka/topic-range.ts';
import type { AlertsConfig } from './config.ts';
import { fireTest, type FireOptions, pause, type Step, until } from './fire-test.ts';

export interface TryOptions extends FireOptions {
  readonly severity: AlertSeverity;
  /** How long it fires: an Alertmanager that waits before it groups tells nothing of what has resolved by then. */
  readonly holdMs: number;
}

/**
 * Sends a test alert the way that each alert goes, and tells each step of it as it is seen from outside:
 * outbox → topic (read back) → ClickHouse → every sink that drift delivers to. However that ends, by `signal` too, it is resolved.
 */
export async function tryAlert(
  database: Database,
  config: AlertsConfig,
  { severity, holdMs, ...options }: TryOptions,
): Promise<boolean> {
  const reader = createAlertReader(database);
  const topic = { name: `${config.TOPIC_PREFIX}scoring-alerts`, from: await endOfTopic(config) };
  const alert = testAlert(severity, Date.now());
  return fireTest(database, alert, options, async ({ position }) => {
    const steps = [
      await readBack(config, topic, alert),
      { ok: true, text: `ClickHouse: alerts, position ${position}` },
      ...(await awaitSinks(reader, position, options)),
    ];
    steps.forEach(options.tell);
    await pause(holdMs, options.signal);
    return steps.every(({ ok }) => ok);
  });
}

/** Each sink until it has settled; one that drift doesn't deliver to isn't asked. */
async function awaitSinks(
  reader: AlertReader,
  position: number,
  { patienceMs, signal }: FireOptions,
): Promise<Step[]> {
  const sinks = await reader.sinks();
  if (sinks.length === 0)
    return [
      {
        ok: true,
        text: "no sink: drift's ALERTMANAGER_URL and ALERT_WEBHOOK_URL are empty (docs/alerts.md)",
      },
    ];
  let deliveries: readonly AlertDelivery[] = [];
  await until(
    async () => {
      deliveries = await reader.deliveriesOf(position);
      const settled = deliveries.filter(({ outcome }) => outcome !== 'retrying');
      return settled.length >= sinks.length ? true : undefined;
    },
    patienceMs,
    signal,
  );
  const problems = new Map((await reader.sinks()).map(({ sink, problem }) => [sink, problem]));
  return sinks.map(({ sink }) => {
    const delivery = deliveries.find((each) => each.sink === sink);
    if (delivery?.outcome === 'delivered') return { ok: true, text: `${sink}: delivered` };
    if (delivery?.outcome === 'silenced')
      return { ok: false, text: `${sink}: silenced (scoreline alerts silences says by whom)` };
    const problem = delivery?.problem || problems.get(sink) || `nothing within ${patienceMs / 1000} s`;
    return { ok: false, text: `${sink}: ${problem}` };
  });
}

async function endOfTopic(config: AlertsConfig): Promise<number> {
  const settings = asClient(toKafkaAccess(config), 'scoreline-alerts-test');
  const everything = { from: 'beginning', to: 'now' } as const;
  const [range] = await resolveTopicRange(
    settings,
    `${config.TOPIC_PREFIX}scoring-alerts`,
    everything,
    () => {},
  );
  return range?.to ?? 0;
}

async function readBack(
  config: AlertsConfig,
  topic: { readonly name: string; readonly from: number },
  alert: ScoringAlert,
): Promise<Step> {
  const settings = asClient(toKafkaAccess(config), 'scoreline-alerts-test');
  const registry = createRegistryClient(toRegistryAccess(config));
  const avro = createAvroReader<ScoringAlert>(registry, contractSchema('scoring-alert'));
  const partition = { topic: topic.name, partition: 0, from: topic.from };
  for await (const page of readCommittedPages(settings, partition, () => {})) {
    await avro.prepare(page.map(({ value }) => value));
    for (const { offset, value } of page) {
      const decoded = avro.decode(value);
      const isIt =
        decoded.ok &&
        decoded.value.alert_id === alert.alert_id &&
        decoded.value.raised_at === alert.raised_at;
      if (isIt) return { ok: true, text: `topic: ${topic.name}, offset ${offset}` };
    }
  }
  return { ok: false, text: `topic: not found on ${topic.name} from offset ${topic.from} on` };
}
