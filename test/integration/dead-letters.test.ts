import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readCommitted, type JudgedRecord } from '../judge/read-committed.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { createLeadForge, type MalformedLead } from '../support/malformed-leads.ts';

const PARTITIONS = 3;
const GOOD = 2_000;
const BAD_OF_EACH_KIND = 20;

test('every bad lead becomes a dead letter and every good one around it a score, each once', async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: String(PARTITIONS) });
  const prefix = env.TOPIC_PREFIX;
  const forge = await createLeadForge(env.SCHEMA_REGISTRY_URL, prefix);
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  onTestFinished(() => lab.close());
  const plan = planRecords(forge.malformed);
  expect(plan).toHaveLength(GOOD + BAD_OF_EACH_KIND * forge.malformed.length);
  const ends = new Map<number, number>();
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const values = plan.filter((record) => record.partition === partition);
    const records = values.map(({ bad, number }) => ({
      value: bad === undefined ? forge.write(number) : bad.value,
    }));
    ends.set(partition, await lab.produce(`${prefix}lead-created`, partition, records));
  }

  await scoreUntil(env, async () => {
    const committed = await lab.committed(`${prefix}scorer`, `${prefix}lead-created`);
    return [...ends].every(([partition, end]) => committed.get(partition) === end);
  });

  const scores: JudgedRecord[] = [];
  const deadLetters: JudgedRecord[] = [];
  await readCommitted(env.KAFKA_BROKERS, [`${prefix}lead-scores`, `${prefix}lead-created.dlq`], (record) =>
    (record.topic.endsWith('.dlq') ? deadLetters : scores).push(record),
  );
  const read = await createScoreReader(env.SCHEMA_REGISTRY_URL, scores);
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const planned = plan.filter((record) => record.partition === partition);
    const of = (records: JudgedRecord[]) => records.filter((record) => record.partition === partition);
    expect(of(scores).map((record) => read(record).event_id)).toEqual(
      planned.filter(({ bad }) => bad === undefined).map(({ number }) => `event-${number}`),
    );
    expect(
      of(deadLetters).map(({ headers }) => [headers['dlq.source.offset'], headers['dlq.error.code']]),
    ).toEqual(planned.flatMap(({ bad }, offset) => (bad === undefined ? [] : [[String(offset), bad.code]])));
    expect(of(deadLetters).map(({ value }) => value)).toEqual(
      planned.flatMap(({ bad }) => (bad === undefined ? [] : [bad.value])),
    );
  }
});

test('a bad lead that is larger than the dead letters may be leaves its value where it stands', async () => {
  const env = await setUpIsolatedEnv({ PARTITIONS: '1' });
  const [leads, deadLetters] = [`${env.TOPIC_PREFIX}lead-created`, `${env.TOPIC_PREFIX}lead-created.dlq`];
  const brokers = env.KAFKA_BROKERS.split(',');
  const admin = await openTopicAdmin({ brokers, clientId: 'test' }, () => {});
  onTestFinished(() => admin.close());
  await admin.setConfigs(deadLetters, { 'max.message.bytes': '100000' });
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  onTestFinished(() => lab.close());
  const end = await lab.produce(leads, 0, [{ value: Buffer.alloc(200_000, 1) }]);
  await scoreUntil(env, async () => (await lab.committed(`${env.TOPIC_PREFIX}scorer`, leads)).get(0) === end);
  const found: JudgedRecord[] = [];
  await readCommitted(env.KAFKA_BROKERS, [deadLetters], (record) => found.push(record));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ value: null, headers: { 'dlq.omitted.bytes': '200000' } });
});

interface PlannedRecord {
  readonly partition: number;
  readonly number: number;
  /** Absent: a good lead. */
  readonly bad?: MalformedLead;
}

/** Good leads with bad ones of every kind among them, evenly spread. */
function planRecords(kinds: readonly MalformedLead[]): PlannedRecord[] {
  const plan: PlannedRecord[] = [];
  const bad = Array.from({ length: BAD_OF_EACH_KIND }, () => kinds).flat();
  const every = Math.floor(GOOD / bad.length);
  for (let number = 0; number < GOOD; number += 1) {
    plan.push({ partition: number % PARTITIONS, number });
    const next = number % every === 0 ? bad.pop() : undefined;
    if (next !== undefined) plan.push({ partition: (number + bad.length) % PARTITIONS, number, bad: next });
  }
  return plan;
}

/** Runs a scorer until it has done what it should. */
async function scoreUntil(
  env: Awaited<ReturnType<typeof setUpIsolatedEnv>>,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const model = await openPackage(new URL('../../models', import.meta.url).pathname, 'bank-leads@1.0.0');
  const consumer = await createScoringConsumer(
    {
      brokers: [env.KAFKA_BROKERS],
      schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
      topicPrefix: env.TOPIC_PREFIX,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentLineup: () => aloneInLineup(model),
      events: createScoringEvents(createTelemetry({ service: 'scorer', logLevel: 'silent' })),
    },
    () => {},
  );
  await consumer.start(() => {});
  await vi.waitUntil(isDone, { timeout: 60_000, interval: 100 });
  await consumer.stop();
  await model.close();
}

async function createScoreReader(
  registryUrl: string,
  scores: readonly JudgedRecord[],
): Promise<(record: JudgedRecord) => LeadScored> {
  const reader = createAvroReader<LeadScored>(createRegistryClient({ url: registryUrl }));
  await reader.prepare(scores.map(({ value }) => value));
  return ({ value }) => {
    const decoded = reader.decode(value);
    if (!decoded.ok) throw new Error(decoded.message);
    return decoded.value;
  };
}
