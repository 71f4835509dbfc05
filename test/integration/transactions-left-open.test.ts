import { createKafkaClient, TRANSACTION_RETRY } from '@scoreline/runtime/kafka/client.ts';
import { type KafkajsCluster, openKafkajsCluster } from '@scoreline/runtime/kafka/kafkajs-cluster.ts';
import { packRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import { type KafkaLab, openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { EpochWriter } from '@scoreline/runtime/kafka/transactions/epoch-writer.ts';
import { takeOver } from '@scoreline/runtime/kafka/transactions/take-over.ts';
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
  // What Kafka keeps for itself is made now, on the one broker that is there.
  await lab.createTopic(INPUT);
  await lab.createTopic('first-of-all');
  await vi.waitFor(
    async () => {
      const writer = await initialise('first-of-all');
      await writer.commit(write('first-of-all', 'x'), offset(0)).finally(() => writer.discard());
    },
    { timeout: 30_000, interval: 500 },
  );
  await brokers.startSecond();
});
afterAll(async () => {
  await lab.close();
  await brokers.stop();
});

const identityOf = (topic: string) => ({
  transactionalId: topic,
  topics: [topic],
  groupId: GROUP,
  transactionTimeoutMs: 12_000,
});
const createClient = () =>
  createKafkaClient({ brokers: [brokers.address], clientId: 'test' }, TRANSACTION_RETRY, () => {});
const initialise = (topic: string): Promise<EpochWriter> =>
  EpochWriter.initialise(createClient(), identityOf(topic));
const write = (topic: string, value: string) => [
  { topic, partition: 0, records: packRecords([{ key: null, value: Buffer.from(value) }]) },
];
const offset = (next: number) => ({ groupId: GROUP, topic: INPUT, next: new Map([[0, next]]) });

async function readBack(topic: string): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = [];
  await readAll(brokers.address, [topic], ({ value }) => values.push(value?.toString()));
  return values;
}

const untilLedBySecond = (topic: string): Promise<void> =>
  vi.waitFor(async () => expect((await lab.leaders(topic)).get(0)).toBe(brokers.secondId), {
    timeout: 60_000,
    interval: 200,
  });

/** A topic whose one partition is on the second broker, with a writer that has committed 'first' to it. */
async function openTopicThere(topic: string): Promise<EpochWriter> {
  await lab.createTopic(topic);
  await vi.waitFor(() => lab.reassign(topic, 0, [brokers.secondId]), { timeout: 60_000, interval: 500 });
  await untilLedBySecond(topic);
  const writer = await initialise(topic);
  await writer.commit(write(topic, 'first'), offset(1));
  return writer;
}

/** Commits 'second' while its partition has no leader; the broker is back in the end. */
async function commitUnseen(topic: string, writer: EpochWriter, meanwhile = async () => {}): Promise<void> {
  await writer.write(write(topic, 'second'));
  await writer.commitOffsets(offset(2));
  await brokers.killSecond();
  await vi.waitFor(() => expect(lab.leaders(topic)).rejects.toThrow('no leader'), {
    timeout: 60_000,
    interval: 200,
  });
  await writer.end('commit');
  await meanwhile();
  writer.discard();
  await brokers.startSecond();
  await untilLedBySecond(topic);
}

test('what was committed while a partition had no leader is seen once its writer is taken over', async () => {
  const topic = 'scores';
  await commitUnseen(topic, await openTopicThere(topic));
  expect((await lab.committed(GROUP, INPUT)).get(0)).toBe(2);
  const successor = await initialise(topic);
  expect(await readBack(topic)).toEqual(['first', 'second']);
  await successor.write(write(topic, 'third, which is given up'));
  successor.discard();
  const last = await initialise(topic);
  await last.commit(write(topic, 'third'), offset(3));
  await last.close();
  expect(await readBack(topic)).toEqual(['first', 'second', 'third']);
});

test('so it is where the next transaction came no further than its offset', async () => {
  const topic = 'scores-with-an-offset-after';
  const writer = await openTopicThere(topic);
  await commitUnseen(topic, writer, () => writer.commitOffsets(offset(3)));
  const successor = await initialise(topic);
  await successor.close();
  expect(await readBack(topic)).toEqual(['first', 'second']);
  expect((await lab.committed(GROUP, INPUT)).get(0)).toBe(2);
});

test('so it is where whoever takes over dies in the middle of saying so', async () => {
  const topic = 'scores-of-a-dead-successor';
  await commitUnseen(topic, await openTopicThere(topic));
  const cluster = openKafkajsCluster(createClient(), { metadataMaxAge: 300_000 });
  await cluster.connect();
  await expect(takeOver(dyingOnceAdded(cluster), identityOf(topic))).rejects.toThrow('died');
  await cluster.disconnect();
  const successor = await initialise(topic);
  await successor.close();
  expect(await readBack(topic)).toEqual(['first', 'second']);
});

/** A cluster whose answer that partitions have been added to a transaction nobody gets. */
function dyingOnceAdded(cluster: KafkajsCluster): KafkajsCluster {
  return replaceMethod(cluster, 'findGroupCoordinator', async (which) => {
    const broker = await cluster.findGroupCoordinator(which);
    return replaceMethod(broker, 'addPartitionsToTxn', async (request) => {
      await broker.addPartitionsToTxn(request);
      throw new Error('died');
    });
  });
}

function replaceMethod<T extends object, Name extends keyof T>(of: T, name: Name, method: T[Name]): T {
  return new Proxy(of, {
    get(target, asked) {
      const value: unknown = asked === name ? method : Reflect.get(target, asked);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
