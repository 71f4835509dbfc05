// First: it puts kafkajs's fixes in place before kafkajs is imported.
import { BOUNDED_RETRY, createKafkaClient, TRANSACTION_RETRY } from '../client.ts';
import kafkajs, { type Admin, type Kafka, type Transaction } from 'kafkajs';
import pRetry from 'p-retry';
import { requireWritten } from '../require-written.ts';

/** What happens to a cluster around a consumer: topics come and go, other people's producers write in their ways. */
export interface KafkaLab {
  createTopic(topic: string, partitions?: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  growTopic(topic: string, partitions: number): Promise<void>;
  countPartitions(topic: string): Promise<number>;
  /** Partition to the id of the broker that leads it; −1: none does. */
  leaders(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Gives a partition to these brokers; its leader moves where it isn't among them. */
  reassign(topic: string, partition: number, replicas: readonly number[]): Promise<void>;
  /** As retention does: the log of a partition begins at `before`. */
  deleteRecords(topic: string, partition: number, before: number): Promise<void>;
  /** Partition to committed offset; a group with members can't have it set. */
  committed(groupId: string, topic: string): Promise<ReadonlyMap<number, number>>;
  commit(groupId: string, topic: string, partition: number, offset: number): Promise<void>;
  /** With all that it has committed; it has no members. */
  deleteGroup(groupId: string): Promise<void>;
  /** Writes to one partition and gives the offset after its last record. */
  produce(topic: string, partition: number, records: readonly LabRecord[], how?: Produced): Promise<number>;
  /** Opens a transactional producer, which fences earlier ones of this id; its transactions may take a minute, or `timeoutMs`. */
  openTransactions(transactionalId: string, timeoutMs?: number): Promise<LabTransactions>;
  close(): Promise<void>;
}

export type LabRecord =
  | string
  | {
      readonly key?: string | Buffer | null;
      readonly value: Buffer | null;
      readonly headers?: Readonly<Record<string, Buffer | string>>;
    };

export interface Produced {
  readonly compression?: keyof typeof COMPRESSIONS;
  readonly timestampMs?: number;
}

export interface LabTransactions {
  begin(): Promise<LabTransaction>;
}

export interface LabTransaction {
  write(topic: string, partition: number, records: readonly LabRecord[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

const { None, GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
const COMPRESSIONS = { none: None, gzip: GZIP, snappy: Snappy, lz4: LZ4, zstd: ZSTD } as const;
const ignore = (): void => {};

/** Connects; `close` lets go of every producer that was opened. */
export async function openKafkaLab(brokers: string): Promise<KafkaLab> {
  const settings = { brokers: brokers.split(','), clientId: 'lab' };
  const kafka = createKafkaClient(settings, BOUNDED_RETRY, ignore);
  const admin = kafka.admin();
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    metadataMaxAge: 500,
  });
  await Promise.all([admin.connect(), producer.connect()]);
  const transactions = createKafkaClient(settings, TRANSACTION_RETRY, ignore);
  const opened: { disconnect(): Promise<void> }[] = [admin, producer];
  return {
    ...topicsOf(admin),
    async committed(groupId, topic) {
      const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    },
    commit: (groupId, topic, partition, offset) =>
      admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: String(offset) }] }),
    async deleteGroup(groupId) {
      await admin.deleteGroups([groupId]);
    },
    async produce(topic, partition, records, { compression = 'none', timestampMs } = {}) {
      const time = timestampMs === undefined ? {} : { timestamp: String(timestampMs) };
      const written = await producer.send({
        topic,
        acks: -1,
        compression: COMPRESSIONS[compression],
        messages: records.map((record) => ({ ...toMessage(record, partition), ...time })),
      });
      requireWritten(written, topic, [partition]);
      return Number(written[0]?.baseOffset) + records.length;
    },
    openTransactions: (transactionalId, transactionTimeout = 60_000) =>
      openTransactions(transactions, { transactionalId, transactionTimeout }, opened),
    async close() {
      await Promise.all(opened.map((client) => client.disconnect()));
    },
  };
}

/** What is done to topics. */
function topicsOf(
  admin: Admin,
): Pick<
  KafkaLab,
  'createTopic' | 'deleteTopic' | 'growTopic' | 'countPartitions' | 'leaders' | 'reassign' | 'deleteRecords'
> {
  return {
    async createTopic(topic, numPartitions = 1) {
      await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false });
      await pRetry(() => admin.fetchTopicOffsets(topic), { retries: 20, minTimeout: 50, factor: 1 });
    },
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    async growTopic(topic, count) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    async countPartitions(topic) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    },
    async leaders(topic) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return new Map(topics[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]));
    },
    async reassign(topic, partition, replicas) {
      const partitionAssignment = [{ partition, replicas: [...replicas] }];
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    },
    async deleteRecords(topic, partition, before) {
      // kafkajs asks for a topic's leaders only where something else has made it look for them.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
    },
  };
}

async function openTransactions(
  kafka: Kafka,
  identity: { readonly transactionalId: string; readonly transactionTimeout: number },
  opened: { disconnect(): Promise<void> }[],
): Promise<LabTransactions> {
  const producer = kafka.producer({
    ...identity,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  opened.push(producer);
  await (await producer.transaction()).abort();
  return { begin: async () => toLabTransaction(await producer.transaction()) };
}

function toLabTransaction(transaction: Transaction): LabTransaction {
  return {
    async write(topic, partition, records) {
      await transaction.send({ topic, messages: records.map((record) => toMessage(record, partition)) });
    },
    commit: () => transaction.commit(),
    abort: () => transaction.abort(),
  };
}

function toMessage(record: LabRecord, partition: number): kafkajs.Message {
  if (typeof record === 'string') return { key: null, value: record, partition };
  return { ...record, key: record.key ?? null, partition };
}
