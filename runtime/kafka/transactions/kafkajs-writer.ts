import kafkajs, { type Kafka, type Producer, type Transaction } from 'kafkajs';
import { disconnectInBackground } from '../kafkajs-cluster.ts';
import { unpackRecords } from '../packed-records.ts';
import { requireWritten } from '../require-written.ts';
import { chunksForSend } from '../send-chunks.ts';
import type { CommittedOffsets, PartitionWrite, WriterIdentity } from './transactional-writer.ts';

/**
 * Transactions by kafkajs's own producer, for clusters before version 2 of the protocol (Kafka before 4.0).
 *
 * It stays in its COMMITTING state when a commit fails, and one that went on after a time-out could write a batch
 * whose fate is unknown a second time.
 */
export class KafkajsWriter {
  readonly heedsMember = false;
  readonly #producer: Producer;
  #isDiscarded = false;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Connects and initialises, which fences and settles what earlier writers left open. */
  static async initialise(
    kafka: Pick<Kafka, 'producer'>,
    { transactionalId, transactionTimeoutMs }: WriterIdentity,
  ): Promise<KafkajsWriter> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
      // kafkajs initialises lazily, with the first transaction: an empty one makes it do so now.
      await (await producer.transaction()).abort();
      return new KafkajsWriter(producer);
    } catch (error) {
      disconnectInBackground(producer);
      throw error;
    }
  }

  async commit(writes: readonly PartitionWrite[], offsets?: CommittedOffsets): Promise<void> {
    try {
      const transaction = await this.#producer.transaction();
      for (const write of writes) await this.#send(transaction, write);
      this.#requireNotDiscarded();
      if (offsets !== undefined) await transaction.sendOffsets(toGroupOffsets(offsets));
      this.#requireNotDiscarded();
      await transaction.commit();
    } finally {
      // kafkajs connects anew for a request that is made after its disconnect.
      if (this.#isDiscarded) disconnectInBackground(this.#producer);
    }
  }

  discard(): void {
    this.#isDiscarded = true;
    disconnectInBackground(this.#producer);
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }

  /** One partition per send: a retry of a send that spans brokers would write the other's records again. */
  async #send(transaction: Transaction, { topic, partition, records }: PartitionWrite): Promise<void> {
    for (const chunk of chunksForSend(unpackRecords(records))) {
      this.#requireNotDiscarded();
      const messages = chunk.map((record) => ({ ...record, partition }));
      requireWritten(await transaction.send({ topic, acks: -1, messages }), topic, [partition]);
    }
  }

  /** What was begun stays open, for the next initialise to abort. */
  #requireNotDiscarded(): void {
    if (this.#isDiscarded) throw new Error('the writer was discarded');
  }
}

function toGroupOffsets({ groupId, topic, next }: CommittedOffsets) {
  const partitions = Array.from(next, ([partition, offset]) => ({ partition, offset: String(offset) }));
  return { consumerGroupId: groupId, topics: [{ topic, partitions }] };
}
