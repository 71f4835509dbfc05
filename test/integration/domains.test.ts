import { readFileSync } from 'node:fs';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { expect, inject, test, vi } from 'vitest';

/**
 * A new domain is a package and an Avro schema, and no code: the same service scores user reports (a regressor,
 * ids that are numbers, times in microseconds) and search results (a ranker over a map of 136 features).
 */
interface SampleEvent {
  readonly event: Readonly<Record<string, unknown>>;
  readonly score: number;
}

const PACKAGES = new URL('../fixtures/packages/', import.meta.url);
const env = inject('stackEnv');
const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
const brokers = [env.KAFKA_BROKERS];
const ignore = () => undefined;

test.each([
  { model: 'user-reports', entity: 'report_id', group: undefined },
  { model: 'search-relevance', entity: 'doc_id', group: 'query_id' },
])('$model is scored from its package and schema alone', async ({ model, entity, group }) => {
  const prefix = `domain.${model}.`;
  const samples = readSamples(model);
  await setUp({
    env: { ...env, TOPIC_PREFIX: prefix, LEAD_SCHEMA: fixture(model, 'schema.avsc') },
    log: ignore,
  });
  await publishEvents(prefix, model, samples, entity);

  const scores = await scoreAll(prefix, `${model}@1.0.0`, samples.length);

  expect(scores.size).toBe(samples.length);
  for (const { event, score } of samples) {
    const groupId = group === undefined ? null : String(event[group]);
    const scored = scores.get(`${String(event[entity])}/${groupId}`);
    expect(scored?.score).toBeCloseTo(score, 4);
    expect(scored?.group_id).toBe(groupId);
    expect(Number.isFinite(scored?.event_time)).toBe(true);
  }
});

function fixture(model: string, file: string): string {
  return new URL(`${model}/${file}`, PACKAGES).pathname;
}

function readSamples(model: string): SampleEvent[] {
  const lines = readFileSync(fixture(model, 'events.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as SampleEvent);
}

async function publishEvents(prefix: string, model: string, samples: readonly SampleEvent[], entity: string) {
  const topic = `${prefix}lead-created`;
  const schema = readFileSync(fixture(model, 'schema.avsc'), 'utf8');
  const writer = await createAvroWriter(registry, `${topic}-value`, schema);
  const publisher = createPublisher({ brokers, clientId: 'test' }, ignore);
  await publisher.connect();
  const records = samples.map(({ event }) => ({
    key: Buffer.from(String(event[entity])),
    value: writer.encode(event),
  }));
  await publisher.publish(topic, records);
  await publisher.close();
}

/** Runs the scorer's own consumer until `count` scores stand on lead-scores; by lead and group (a document is shown for several queries). */
async function scoreAll(prefix: string, reference: string, count: number): Promise<Map<string, LeadScored>> {
  const model = await openPackage(PACKAGES.pathname, reference);
  const events = createScoringEvents(createTelemetry({ service: 'scorer', logLevel: 'silent' }));
  const consumer = await createScoringConsumer(
    {
      brokers,
      schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
      topicPrefix: prefix,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentLineup: () => aloneInLineup(model),
      events,
    },
    ignore,
  );
  const scores = new Map<string, LeadScored>();
  const avro = createAvroReader<LeadScored>(registry, contractSchema('lead-scored'));
  const reader = createBatchReader({
    kafka: { brokers, clientId: 'test' },
    groupId: `${prefix}test`,
    topics: [`${prefix}lead-scores`],
    async onBatch({ records }) {
      await avro.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = avro.decode(value);
        if (decoded.ok) scores.set(`${decoded.value.lead_id}/${decoded.value.group_id}`, decoded.value);
      }
    },
    events: { joined: ignore, batchFailed: ignore, consumerCrashed: ignore, clientLog: ignore },
  });
  await Promise.all([consumer.start(ignore), reader.start(ignore)]);
  try {
    await vi.waitFor(() => expect(scores.size).toBe(count), { timeout: 30_000, interval: 100 });
  } finally {
    await Promise.all([consumer.stop(), reader.stop(), model.close()]);
  }
  return scores;
}
