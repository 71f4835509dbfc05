import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { texts } from '../support/echo-room.ts';
import { readAll } from '../support/read-all.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;
const settings = { brokers: [brokers], clientId: 'test' };
const ignore = (): void => {};

/** Of six partitions, by kafka-clients 4.3 (`Utils.murmur2`). */
const JAVA_PARTITION = { 'lead-1': 1, 'lead-2': 3, 'lead-3': 3, 'lead-4': 0, 'lead-5': 5 };

async function openRoom({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, partitions: number) {
  const lab = await openKafkaLab(brokers);
  const topic = `publish-${crypto.randomUUID().slice(0, 8)}`;
  await lab.createTopic(topic, partitions);
  const publisher = createPublisher(settings, ignore);
  await publisher.connect();
  onTestFinished(async () => {
    await Promise.all([lab.close(), publisher.close()]);
  });
  const readBack = async () => {
    const records: (KafkaRecord & { partition: number })[] = [];
    await readAll(brokers, [topic], (record) => records.push(record));
    return records;
  };
  return { topic, publisher, readBack };
}

describe.concurrent('a publisher', () => {
  it("puts records where Java's producers put their key, and says where they stand", async (context) => {
    const { topic, publisher, readBack } = await openRoom(context, 6);
    const keys = Object.keys(JAVA_PARTITION);
    const ranges = await publisher.publish(
      topic,
      keys.map((key) => ({ key: Buffer.from(key), value: Buffer.from(key) })),
    );
    const found = (await readBack()).map(({ key, partition }) => [String(key), partition]);
    expect(Object.fromEntries(found)).toEqual(JAVA_PARTITION);
    expect(new Map(ranges.map(({ partition, firstOffset }) => [partition, firstOffset]))).toEqual(
      new Map(Object.values(JAVA_PARTITION).map((partition) => [partition, 0])),
    );
  });

  it('puts records where and when it is told, tombstones and headers too', async (context) => {
    const { topic, publisher, readBack } = await openRoom(context, 2);
    await publisher.publish(topic, [
      { key: null, value: Buffer.from('early'), partition: 0, timestamp: 1_234_567_890_123 },
      { key: Buffer.from('gone'), value: null, partition: 1, headers: { trace: 'x' } },
    ]);
    const records = (await readBack()).sort((a, b) => a.partition - b.partition);
    expect(records).toMatchObject([
      { partition: 0, value: Buffer.from('early'), timestamp: 1_234_567_890_123 },
      { partition: 1, value: null, headers: { trace: Buffer.from('x') } },
    ]);
  });

  it('keeps the order of many records, and the first offset of each partition', async (context) => {
    const { topic, publisher, readBack } = await openRoom(context, 1);
    const values = texts('value', 2_500);
    const ranges = await publisher.publish(
      topic,
      values.map((value) => ({ key: null, value: Buffer.from(value), partition: 0 })),
    );
    expect(ranges).toEqual([{ partition: 0, firstOffset: 0 }]);
    expect((await readBack()).map(({ value }) => String(value))).toEqual(values);
  });

  it('throws where a partition is not there: kafkajs would drop the record without a word', async (context) => {
    const { topic, publisher, readBack } = await openRoom(context, 1);
    const published = publisher.publish(topic, [{ key: null, value: Buffer.from('lost'), partition: 5 }]);
    await expect(published).rejects.toThrow(`topic ${topic} has no partition 5 as far as this client knows`);
    expect(await readBack()).toEqual([]);
  });

  it('gives up on brokers that are not there, within its bound', async () => {
    const publisher = createPublisher({ brokers: ['127.0.0.1:1'], clientId: 'test' }, ignore);
    const begun = Date.now();
    await expect(publisher.connect()).rejects.toThrow(/ECONNREFUSED/);
    expect(Date.now() - begun).toBeLessThan(20_000);
  });
});
