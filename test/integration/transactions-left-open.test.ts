import { createKafkaClient, TRANSACTION_RETRY } from '@scoreline/runtime/kafka/client.ts';
import { type KafkaLab, openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { EpochWriter } from '@scoreline/runtime/kafka/transactions/epoch-writer.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAll } from '../support/read-all.ts';
import { startTwoBrokers, type TwoBrokers } from '../support/two-brokers.ts';

/**
 * Kafka leaves the end of a transaction out of a partition that has no leader just then (see take-over.ts). Here such a
 * partition lies on a broker that is killed between a transaction's last record and its end.
 */
const GROUP = 'left-open';
const INPUT = 'leads';

let brokers: TwoBrokers;
let lab: KafkaLab;

beforeAll(async () => {
  brokers = await startTwoBrokers();
  lab = await vi.waitFor(() => openKafkaLab(brokers.address), { timeout: 60_000, interval: 500 });
});
afterAll(async () => {
  await lab.close();
  await brokers.stop();
});

const initialise = (topic: string, transactionalId: string): Promise<EpochWriter> =>
  EpochWriter.initialise(
    createKafkaClient({ brokers: [brokers.address], clientId: 'test' }, TRANSACTION_RETRY, () => {}),
    { transactionalId, topics: [topic], partition: 0, groupId: GROUP, transactionTimeoutMs: 12_000 },
  );

const write = (topic: string, value: string) => [
  { topic, partition: 0, records: [{ key: null, value: Buffer.from(value) }] },
];

async function readBack(topic: string): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = [];
  await readAll(brokers.address, [topic], ({ value }) => values.push(value?.toString()));
  return values;
}

/** The topic's one partition is on the second broker; what Kafka keeps for itself was made before that came. */
async function createTopicThere(topic: string): Promise<void> {
  await lab.createTopic(INPUT);
  await lab.createTopic(topic);
  await vi.waitFor(
    async () => {
      const first = await initialise(topic, 'first of all');
      const offset = { groupId: GROUP, topic: INPUT, partition: 0, offset: 0 };
      await first.commit(write(topic, 'first of all'), offset).finally(() => first.discard());
    },
    { timeout: 30_000, interval: 500 },
  );
  await brokers.startSecond();
  await vi.waitFor(() => lab.reassign(topic, 0, [brokers.secondId]), { timeout: 60_000, interval: 500 });
  await untilLedBy(topic, brokers.secondId);
}

const untilLedBy = (topic: string, id: number): Promise<void> =>
  vi.waitFor(async () => expect((await lab.leaders(topic)).get(0)).toBe(id), {
    timeout: 60_000,
    interval: 200,
  });

test('what was committed while a partition had no leader is seen once its writer is taken over', async () => {
  const topic = 'scores';
  await createTopicThere(topic);
  const at = { groupId: GROUP, topic: INPUT, partition: 0 };
  const writer = await initialise(topic, topic);
  await writer.commit(write(topic, 'first'), { ...at, offset: 1 });
  await writer.write(write(topic, 'second'));
  await writer.commitOffset({ ...at, offset: 2 });
  await brokers.killSecond();
  await vi.waitFor(() => expect(lab.leaders(topic)).rejects.toThrow('no leader'), {
    timeout: 60_000,
    interval: 200,
  });
  await writer.end();
  writer.discard();
  await brokers.startSecond();
  await untilLedBy(topic, brokers.secondId);
  expect((await lab.committed(GROUP, INPUT)).get(0)).toBe(2);

  const successor = await initialise(topic, topic);
  expect(await readBack(topic)).toEqual(['first of all', 'first', 'second']);
  await successor.write(write(topic, 'third, which is given up'));
  successor.discard();
  const last = await initialise(topic, topic);
  await last.commit(write(topic, 'third'), { ...at, offset: 3 });
  await last.close();
  expect(await readBack(topic)).toEqual(['first of all', 'first', 'second', 'third']);
});
