import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { type AvroWriter, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher, type PublishedRecord, type Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { expect, test } from 'vitest';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { judgeScores } from './judge-scores.ts';

/** A judge that finds nothing wrong proves nothing unless it finds what is wrong: one fault of each kind. */
/** Now: what Kafka's clock says is old is deleted. */
const AT = Date.now();
const LEADS = 8;

test('each kind of fault is found, and counted as what it is', async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '2' });
  await publishFaults(env);
  const scores = `${env.TOPIC_PREFIX}lead-scores`;
  const verdict = await judgeScores({
    brokers: env.KAFKA_BROKERS,
    schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
    leadTopic: `${env.TOPIC_PREFIX}lead-created`,
    scoreTopics: [{ topic: scores, role: 'production' }],
    deadLetterTopic: `${env.TOPIC_PREFIX}lead-created.dlq`,
  });
  expect(verdict).toMatchObject({
    leads: LEADS,
    repeatedEventIds: 1,
    deadLetters: 4,
    duplicateDeadLetters: 1,
    openTransactions: 0,
  });
  expect(verdict.byTopic.get(scores)).toMatchObject({
    scores: 8,
    deadLetters: 2,
    duplicates: 1,
    // Lead 6 has a candidate's dead letter alone, lead 7's only score is of another event.
    lost: 2,
    foreign: 2,
    misplaced: 1,
    outOfOrder: 1,
    contradicted: 1,
  });
});

/** Leads 0 to 7 all stand on partition 0, at the offsets of their numbers. */
async function publishFaults(env: IsolatedEnv): Promise<void> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const topic = (name: string): string => env.TOPIC_PREFIX + name;
  const leadWriter = await createAvroWriter(
    registry,
    topic('lead-created-value'),
    contractSchema('lead-created'),
  );
  const writer = await createAvroWriter<LeadScored>(
    registry,
    topic('lead-scores-value'),
    contractSchema('lead-scored'),
  );
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'test' }, () => {});
  await publisher.connect();
  const lead = (n: number, event_id = `e${n}`) => ({
    ...at(0, `l${n}`, leadWriter.encode({ event_id, lead_id: `l${n}`, created_at: AT })),
    timestamp: AT,
  });
  // Lead 5 has lead 4's event id: the CRM's fault, not the scorer's.
  const leads = Array.from({ length: LEADS }, (_, n) => lead(n, n === 5 ? 'e4' : `e${n}`));
  await publisher.publish(topic('lead-created'), leads);
  await publishScores(publisher, writer, env);
  const deadLetter = (n: number, role: string): PublishedRecord => ({
    ...at(0, `l${n}`, Buffer.from('x')),
    headers: {
      'dlq.source.topic': topic('lead-created'),
      'dlq.source.partition': '0',
      'dlq.source.offset': String(n),
      'dlq.role': role,
      'dlq.model': 'm@1.0.0',
    },
  });
  const letters = [
    deadLetter(3, 'production'),
    deadLetter(5, 'production'),
    deadLetter(5, 'production'),
    deadLetter(6, 'shadow'),
  ];
  await publisher.publish(topic('lead-created.dlq'), letters);
  await publisher.close();
}

async function publishScores(
  publisher: Publisher,
  writer: AvroWriter<LeadScored>,
  env: IsolatedEnv,
): Promise<void> {
  const score = (n: number, more: Partial<LeadScored> = {}, partition = 0): PublishedRecord =>
    at(partition, `l${n}`, writer.encode({ ...scoreOf(n, `${env.TOPIC_PREFIX}lead-created`), ...more }));
  await publisher.publish(`${env.TOPIC_PREFIX}lead-scores`, [
    score(0),
    // Out of order: 1 after 2. Duplicate: 2. Contradicted: 3 is a dead letter.
    score(2),
    score(1),
    score(2),
    score(3),
    score(4, {}, 1),
    // Foreign: of another event, and of an offset that the topic doesn't have.
    score(7, { event_id: 'e0' }),
    score(99),
  ]);
}

function scoreOf(n: number, leadTopic: string): LeadScored {
  return {
    event_id: `e${n}`,
    lead_id: `l${n}`,
    group_id: null,
    model: 'm',
    model_version: '1.0.0',
    role: 'production',
    run_id: null,
    experiment_id: null,
    fallback_from: null,
    fallback_code: null,
    score: 0.5,
    band: 'A',
    reasons: [],
    inputs: [],
    bins: [],
    event_time: AT,
    scored_at: AT,
    inference_us: null,
    source: { topic: leadTopic, partition: 0, offset: n, timestamp: AT },
  };
}

function at(partition: number, key: string, value: Buffer): PublishedRecord {
  return { partition, key: Buffer.from(key), value };
}
