import { createKafkaClient, TRANSACTION_RETRY } from '@scoreline/runtime/kafka/client.ts';
import {
  type PartitionCommit,
  PartitionProducer,
  type WriterOpener,
} from '@scoreline/runtime/kafka/exactly-once/partition-producer.ts';
import { packRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import { initialiseWriter, writerOf } from '@scoreline/runtime/kafka/transactions/initialise-writer.ts';
import { createStableOffsets } from '@scoreline/runtime/kafka/transactions/stable-offsets.ts';
import type { GroupMember } from '@scoreline/runtime/kafka/transactions/transactional-writer.ts';
import type { WithGeneration } from '@scoreline/runtime/kafka/fixes/generation.ts';
import { EpochWriter } from '@scoreline/runtime/kafka/transactions/epoch-writer.ts';
import { KafkajsWriter } from '@scoreline/runtime/kafka/transactions/kafkajs-writer.ts';
import { readTransactionVersion } from '@scoreline/runtime/kafka/transactions/transaction-version.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { readAll } from '../support/read-all.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;
const settings = { brokers: [brokers], clientId: 'test' };
const ignore = (): void => {};

/** As the admin commits: no group is asked for. */
const MEMBER = { memberId: '', generationId: -1 };

const score = (topic: string, value: string, nextOffset: number, partition = 0): PartitionCommit => ({
  partition,
  records: new Map([[topic, packRecords([{ key: null, value: Buffer.from(value) }])]]),
  nextOffset,
});

async function openRoom({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const lab = await openKafkaLab(brokers);
  onTestFinished(() => lab.close());
  const topic = `transactions-${crypto.randomUUID().slice(0, 8)}`;
  await lab.createTopic(topic, 1);
  const readBack = async () => {
    const values: (string | undefined)[] = [];
    await readAll(brokers, [topic], ({ value }) => values.push(value?.toString()));
    return values;
  };
  return { topic, readBack };
}

/** Of clusters by version 2 of the protocol, and of those before it: this one knows both. */
const writers = [
  ['three requests', EpochWriter],
  ["kafkajs's five", KafkajsWriter],
] as const;

describe.concurrent.each(writers)('the producer of a partition, by %s', (_, Writer) => {
  const open: WriterOpener = (identity) =>
    Writer.initialise(createKafkaClient(settings, TRANSACTION_RETRY, ignore), {
      ...identity,
      topics: [],
      transactionTimeoutMs: 12_000,
    });

  it('begins a transaction as soon as the one before has ended: kafkajs would sleep 300 ms', async (context) => {
    const { topic } = await openRoom(context);
    const producer = await PartitionProducer.initialise(open, { groupId: topic, topic, partition: 0 });
    context.onTestFinished(() => producer.close());
    const durationsMs: number[] = [];
    for (let offset = 1; offset <= 21; offset += 1) {
      const begun = performance.now();
      await producer.commit([score(topic, 'score', offset)], MEMBER);
      durationsMs.push(performance.now() - begun);
    }
    const [median = NaN] = durationsMs.sort((a, b) => a - b).slice(10);
    expect(median).toBeLessThan(200);
  });

  it('fails a transaction whose output topic has no such partition, rather than commit the offset alone', async (context) => {
    const { topic, readBack } = await openRoom(context);
    const producer = await PartitionProducer.initialise(open, { groupId: topic, topic, partition: 3 });
    context.onTestFinished(() => producer.close());
    // The offset's refusal may come first: the input is the same topic here.
    await expect(producer.commit([score(topic, 'score', 1, 3)], MEMBER)).rejects.toThrow(
      /has no partition 3|UNKNOWN_TOPIC_OR_PARTITION/,
    );
    expect(await readBack()).toEqual([]);
  });

  it('is fenced by the next one, and what it had begun is gone', async (context) => {
    const { topic, readBack } = await openRoom(context);
    const at = { groupId: topic, topic, partition: 0 };
    const earlier = await PartitionProducer.initialise(open, at);
    context.onTestFinished(() => earlier.close());
    await earlier.commit([score(topic, 'first', 1)], MEMBER);
    const later = await PartitionProducer.initialise(open, at);
    context.onTestFinished(() => later.close());
    await expect(earlier.commit([score(topic, 'of a zombie', 2)], MEMBER)).rejects.toThrow(/epoch|fenced/i);
    await later.commit([score(topic, 'second', 2)], MEMBER);
    expect(await readBack()).toEqual(['first', 'second']);
  });

  it('commits nothing once it is discarded, however far it had come', async (context) => {
    const { topic, readBack } = await openRoom(context);
    const at = { groupId: topic, topic, partition: 0 };
    const told: string[] = [];
    for (const afterMs of [0, 1, 3, 6]) {
      const doubted = await PartitionProducer.initialise(open, at);
      const value = `doubted after ${afterMs} ms`;
      const committing = doubted.commit([score(topic, value, 1)], MEMBER).then(
        () => told.push(value),
        () => undefined,
      );
      await delay(afterMs);
      doubted.discard();
      await committing;
      const later = await PartitionProducer.initialise(open, at);
      await later.commit([score(topic, `settled after ${afterMs} ms`, 2)], MEMBER);
      await later.close();
    }
    const read = await readBack();
    // What said that it had committed has; what was discarded at once has not.
    expect(read).toEqual(expect.arrayContaining(told));
    expect(read).not.toContain('doubted after 0 ms');
    expect(read.filter((value) => value?.startsWith('settled'))).toHaveLength(4);
  });

  it('writes more than one request holds in one transaction, in order', async (context) => {
    const { topic, readBack } = await openRoom(context);
    const producer = await PartitionProducer.initialise(open, { groupId: topic, topic, partition: 0 });
    context.onTestFinished(() => producer.close());
    const filler = 'x'.repeat(1_000);
    const values = Array.from({ length: 3_000 }, (_unused, index) => `${index} ${filler}`);
    const records = packRecords(values.map((value) => ({ key: null, value: Buffer.from(value) })));
    await producer.commit([{ partition: 0, records: new Map([[topic, records]]), nextOffset: 1 }], MEMBER);
    expect(await readBack()).toEqual(values);
  });
});

it('a cluster of today has the second version of transactions', async () => {
  const kafka = createKafkaClient(settings, TRANSACTION_RETRY, ignore);
  expect(await readTransactionVersion(kafka)).toBe(2);
  const writer = await initialiseWriter(kafka, {
    transactionalId: `version-${crypto.randomUUID()}`,
    topics: [],
  });
  await writer.close();
  expect(writer).toBeInstanceOf(EpochWriter);
  expect(writerOf(1)).toBe(KafkajsWriter);
});

describe.concurrent('a transaction that holds several partitions', () => {
  const openGroup = async (context: TestContext) => {
    const { topic, readBack } = await openRoom(context);
    const kafka = createKafkaClient(settings, TRANSACTION_RETRY, ignore);
    const consumer = kafka.consumer({ groupId: topic, allowAutoTopicCreation: false });
    const { promise: joined, resolve } = Promise.withResolvers<GroupMember>();
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const { memberId, generationId } = payload as WithGeneration<typeof payload>;
      resolve({ memberId, generationId });
    });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    context.onTestFinished(() => consumer.disconnect());
    const open = async (id: string): Promise<EpochWriter> => {
      const writer = await EpochWriter.initialise(kafka, {
        transactionalId: `${topic}.${id}`,
        topics: [topic],
        groupId: topic,
        transactionTimeoutMs: 60_000,
      });
      context.onTestFinished(() => writer.close());
      return writer;
    };
    const write = (value: string) => [
      { topic, partition: 0, records: packRecords([{ key: null, value: Buffer.from(value) }]) },
    ];
    const offsets = createStableOffsets(kafka, topic);
    context.onTestFinished(() => offsets.close());
    return { topic, readBack, open, write, offsets, member: await joined };
  };

  it('is refused to who is no member any more, and leaves nothing open that readers would wait for', async (context) => {
    const { topic, readBack, open, write, member } = await openGroup(context);
    const [writer, zombie, stale] = await Promise.all(['0', '1', '2'].map(open));
    const next = new Map([[0, 1]]);
    const at = { groupId: topic, topic, next };
    const strangers = [
      [zombie, { ...member, memberId: 'dead' }, 'UNKNOWN_MEMBER_ID'],
      [stale, { ...member, generationId: member.generationId - 1 }, 'ILLEGAL_GENERATION'],
    ] as const;
    for (const [stranger, as, refusal] of strangers)
      await expect(stranger?.commit(write('of a zombie'), { ...at, member: as })).rejects.toThrow(refusal);
    await writer?.commit(write('of the owner'), { ...at, member });
    // Well within the transactions' time-out.
    expect(await readBack()).toEqual(['of the owner']);
  });

  it('is waited for by who takes one of them over, and counts', async (context) => {
    const { topic, open, write, offsets, member } = await openGroup(context);
    expect(await offsets.read(topic, 0)).toBe(-1);
    const writer = await open('1');
    await writer.write(write('first'));
    await writer.commitOffsets({ groupId: topic, topic, next: new Map([[0, 5]]), member });
    const told: number[] = [];
    const reading = offsets.read(topic, 0).then((offset) => told.push(offset));
    await delay(500);
    expect(told).toEqual([]);
    await writer.end('commit');
    await reading;
    expect(told).toEqual([5]);
  });
});
