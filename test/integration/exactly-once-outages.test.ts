import type { Stack } from '@scoreline/infra/local/stack.ts';
import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { openEchoRoom, texts } from '../support/echo-room.ts';
import { startOwnStack } from '../support/own-stack.ts';
import { readAll } from '../support/read-all.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startOwnStack();
});
afterAll(() => stack.stop());

/** Until this holds, polled. */
const until = (holds: () => void | Promise<void>, timeoutMs = 30_000) =>
  vi.waitFor(holds, { timeout: timeoutMs, interval: 50 });

describe('an outage of the broker', () => {
  it('that is killed in the middle of transactions is outlived: nothing is lost, nothing comes twice', async (context) => {
    const room = await openEchoRoom(stack.env.KAFKA_BROKERS, context, { partitions: 3 });
    for (let partition = 0; partition < 3; partition += 1)
      await room.produce(partition, texts(`record-${partition}`, 3_000));
    const consumer = await room.consume({ maxBatchRecords: 50 });
    const commits = (): number => consumer.facts.filter((fact) => fact.startsWith('committed')).length;
    await until(() => expect(commits()).toBeGreaterThan(20));
    await stack.stopPart('kafka', 'SIGKILL');
    const before = commits();
    await stack.startPart('kafka');
    const backAtMs = Date.now();
    await until(() => expect(commits()).toBeGreaterThan(before));
    expect(Date.now() - backAtMs).toBeLessThan(20_000);
    await room.untilCommitted();
    expect(commits()).toBeGreaterThan(before + 20);
    expect(consumer.notReady()).toBeUndefined();
    const { found, expected } = await room.judge('independent');
    expect(found).toEqual(expected);
  });
});

describe('an outage of the registry', () => {
  it('holds up only leads of schemas that are not known, says so, and loses none', async (context) => {
    const room = await openScoringRoom(context);
    const known = await room.schema();
    await room.publish(known, 20);
    await until(async () => expect(await room.countScores()).toBe(20));
    const unknown = await room.schema('not seen yet');
    await stack.stopPart('registry');

    await room.publish(known, 20);
    await until(async () => expect(await room.countScores()).toBe(40));
    expect(room.consumer.notReady()).toBeUndefined();

    await room.publish(unknown, 20);
    await until(() => expect(room.consumer.notReady()).toContain('the schema registry does not answer'));
    expect(await room.countScores()).toBe(40);

    await stack.startPart('registry');
    await until(async () => expect(await room.countScores()).toBe(60));
    await until(() => expect(room.consumer.notReady()).toBeUndefined());
  });
});

/** A scorer of its own topics, and leads of schemas that it can read. */
async function openScoringRoom({ onTestFinished }: TestContext) {
  const { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl } = stack.env;
  const topicPrefix = 'outage.';
  const lab = await openKafkaLab(brokers);
  onTestFinished(() => lab.close());
  for (const topic of ['lead-created', 'lead-scores', 'lead-created.dlq'])
    await lab.createTopic(topicPrefix + topic);
  const model = await openPackage(new URL('../../models', import.meta.url).pathname, 'bank-leads@1.0.0');
  const consumer = await createScoringConsumer(
    {
      brokers: [brokers],
      schemaRegistry: { url: registryUrl },
      topicPrefix,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentLineup: () => aloneInLineup(model),
      events: createScoringEvents(createTelemetry({ service: 'scorer', logLevel: 'silent' })),
    },
    () => {},
  );
  onTestFinished(async () => {
    await consumer.stop();
    await model.close();
  });
  await consumer.start(() => {});
  let published = 0;
  return {
    consumer,
    /** Registers the demo's lead schema; with another text in it, it is another schema. */
    schema: (doc?: string) => {
      const schema = contractSchema('lead-created');
      const text = doc === undefined ? schema : schema.replace('"Event time."', JSON.stringify(doc));
      const registry = createRegistryClient({ url: registryUrl });
      return createAvroWriter<object>(registry, `${topicPrefix}lead-created-value`, text);
    },
    async publish(writer: { encode(event: object): Buffer }, count: number) {
      const values = Array.from({ length: count }, () => {
        published += 1;
        return writer.encode({ event_id: `event-${published}`, lead_id: `lead-${published}`, created_at: 0 });
      });
      await lab.produce(
        `${topicPrefix}lead-created`,
        0,
        values.map((value) => ({ value })),
      );
    },
    async countScores() {
      let count = 0;
      await readAll(brokers, [`${topicPrefix}lead-scores`], () => (count += 1));
      return count;
    },
  };
}
