import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import { describe, expect, inject, it, type TestContext, vi } from 'vitest';
import { texts } from '../support/echo-room.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;
const groupId = () => `batch-reader-${crypto.randomUUID()}`;
const ignore = (): void => {};

/** Until this holds, polled. */
const until = (holds: () => void | Promise<void>) => vi.waitFor(holds, { timeout: 30_000, interval: 50 });

async function openRoom({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const lab = await openKafkaLab(brokers);
  onTestFinished(() => lab.close());
  const topic = `batches-${crypto.randomUUID().slice(0, 8)}`;
  await lab.createTopic(topic, 2);
  const failures: string[] = [];
  return {
    lab,
    topic,
    failures,
    async read(group: string, onBatch: (batch: PartitionBatch, beat: () => Promise<void>) => Promise<void>) {
      const reader = createBatchReader({
        kafka: { brokers: [brokers], clientId: 'test' },
        groupId: group,
        topics: [topic],
        onBatch,
        events: {
          joined: ignore,
          batchFailed: (of, partition, error) => failures.push(`${of}/${partition} ${error.message}`),
          consumerCrashed: ignore,
          clientLog: ignore,
        },
      });
      let stopped: Promise<void> | undefined;
      const stop = (): Promise<void> => (stopped ??= reader.stop());
      onTestFinished(stop);
      await reader.start(ignore);
      return { ...reader, stop };
    },
  };
}

describe.concurrent('a batch reader', () => {
  it('reads what was committed, in order, commits after it was worked on, and goes on where it stood', async (context) => {
    const { lab, topic, read } = await openRoom(context);
    const group = groupId();
    const transactions = await lab.openTransactions(`${topic}.writer`);
    const aborted = await transactions.begin();
    await aborted.write(topic, 0, texts('aborted', 5));
    await aborted.abort();
    await lab.produce(topic, 0, texts('zero', 10));
    await lab.produce(topic, 1, texts('one', 10));
    const seen: Record<number, string[]> = { 0: [], 1: [] };
    const committedThen: number[] = [];
    const onBatch = async ({ partition, records }: PartitionBatch): Promise<void> => {
      committedThen.push((await lab.committed(group, topic)).get(partition) ?? -1);
      seen[partition]?.push(...records.map(({ value }) => String(value)));
    };
    const first = await read(group, onBatch);
    await until(() => expect(seen).toEqual({ 0: texts('zero', 10), 1: texts('one', 10) }));
    expect(committedThen.slice(0, 2)).toEqual([-1, -1]);
    await until(async () => expect([...(await first.lag()).values()]).toEqual([0, 0]));
    expect([first.owns(topic, 1), first.owns(topic, 2), first.notReady()]).toEqual([true, false, undefined]);
    await first.stop();
    await lab.produce(topic, 1, ['later']);
    await read(group, onBatch);
    await until(() => expect(seen[1]?.at(-1)).toBe('later'));
    expect(seen[0]).toHaveLength(10);
    expect(seen[1]).toHaveLength(11);
  });

  it('brings a batch that failed again, says so meanwhile, and commits nothing of it', async (context) => {
    const { lab, topic, read, failures } = await openRoom(context);
    const group = groupId();
    await lab.produce(topic, 0, texts('value', 10));
    let away = true;
    const seen: string[] = [];
    const reader = await read(group, async ({ records }) => {
      if (away) throw new Error('the database is away');
      seen.push(...records.map(({ value }) => String(value)));
    });
    await until(() => expect(failures.length).toBeGreaterThan(1));
    expect(failures[0]).toBe(`${topic}/0 the database is away`);
    expect(reader.notReady()).toBe(`${topic}/0 waits: the database is away`);
    expect((await lab.committed(group, topic)).get(0)).toBe(-1);
    expect((await reader.lag()).get(`${topic}/0`)).toBe(10);
    expect(reader.fetched().get(`${topic}/0`)).toBe(0);
    away = false;
    await until(() => expect(seen).toEqual(texts('value', 10)));
    await until(async () => expect((await lab.committed(group, topic)).get(0)).toBe(10));
    expect((await reader.lag()).get(`${topic}/0`)).toBe(0);
    expect(reader.notReady()).toBeUndefined();
  });

  it('keeps its membership through long work that beats, and hands over to others without a gap', async (context) => {
    const { lab, topic, read } = await openRoom(context);
    const group = groupId();
    const seen = new Set<string>();
    const slowly = async ({ records }: PartitionBatch, beat: () => Promise<void>): Promise<void> => {
      const endMs = Date.now() + 2_500;
      while (Date.now() < endMs) {
        await beat();
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { value } of records) seen.add(String(value));
    };
    await lab.produce(topic, 0, texts('zero', 10));
    await lab.produce(topic, 1, texts('one', 10));
    const first = await read(group, slowly);
    const second = await read(group, slowly);
    await until(() => expect(second.assigned().get(topic)?.length).toBe(1));
    await first.stop();
    await lab.produce(topic, 0, texts('more', 10));
    await until(() => expect(seen.size).toBe(30));
  });
});
