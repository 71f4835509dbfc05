import kafkajs, { type Kafka, type Producer, type Transaction } from 'kafkajs';
import type { OutputRecord } from '../record.ts';
import { requireWritten } from '../require-written.ts';
import { chunksForSend } from '../send-chunks.ts';

/** What a partition's transactions are about. */
export interface PartitionOutputs {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

/** A dead producer's open transaction blocks read_committed readers for this long. */
const TRANSACTION_TIMEOUT_MS = 12_000;

/**
 * The one transactional producer of an input partition, `transactional.id = <group>.<topic>.<partition>`: whoever
 * owns the partition initialises it and so fences every earlier owner.
 *
 * After any error it must be discarded: kafkajs stays in its COMMITTING state when a commit fails, and a producer
 * that goes on after a time-out could write a batch whose fate is unknown a second time.
 */
export class PartitionProducer {
  readonly #producer: Producer;
  readonly #outputs: PartitionOutputs;

  private constructor(producer: Producer, outputs: PartitionOutputs) {
    this.#producer = producer;
    this.#outputs = outputs;
  }

  /**
   * Connects and initialises: when it resolves, every earlier owner is fenced and its last transaction is either
   * wholly committed or wholly aborted, so that the committed offset can be read.
   */
  static async initialise(
    kafka: Pick<Kafka, 'producer'>,
    outputs: PartitionOutputs,
  ): Promise<PartitionProducer> {
    const { groupId, topic, partition } = outputs;
    const producer = kafka.producer({
      transactionalId: `${groupId}.${topic}.${partition}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
      // kafkajs initialises lazily, with the first transaction: an empty one makes it do so now.
      await (await producer.transaction()).abort();
      return new PartitionProducer(producer, outputs);
    } catch (error) {
      disconnectInBackground(producer);
      throw error;
    }
  }

  /**
   * Writes the records (topic to records) and the offset of the next input record in one transaction.
   * Throws when the transaction's fate is unknown or it was fenced: then discard this producer.
   */
  async commit(records: ReadonlyMap<string, readonly OutputRecord[]>, nextOffset: number): Promise<void> {
    const transaction = await this.#producer.transaction();
    for (const [topic, messages] of records) await this.#send(transaction, topic, messages);
    const { groupId, topic, partition } = this.#outputs;
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic, partitions: [{ partition, offset: String(nextOffset) }] }],
    });
    await transaction.commit();
  }

  /** One partition per send: a retry of a send that spans brokers would write the other's records again. */
  async #send(transaction: Transaction, topic: string, records: readonly OutputRecord[]): Promise<void> {
    const { partition } = this.#outputs;
    for (const chunk of chunksForSend(records)) {
      const messages = chunk.map((record) => ({ ...record, partition }));
      requireWritten(await transaction.send({ topic, acks: -1, messages }), topic, [partition]);
    }
  }

  /** Lets the sockets go; whatever was open is aborted by the next owner's initialise or by the broker's time-out. */
  discard(): void {
    disconnectInBackground(this.#producer);
  }

  /** Waits for the sockets to close, for a clean stop. */
  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}

/** A producer in an unknown state may never finish its disconnect: nobody waits for it. */
function disconnectInBackground(producer: Producer): void {
  producer.disconnect().catch(() => undefined);
}
