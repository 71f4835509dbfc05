import kafkajs, { type Kafka, type Producer, type Transaction } from 'kafkajs';
import type { OutputRecord } from './record.ts';
import { requireWritten } from './require-written.ts';
import { chunksForSend } from './send-chunks.ts';

/** Records for one partition of one topic. */
export interface PartitionWrite {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly OutputRecord[];
}

/** A consumer group's next offset in one partition, committed with the records. */
export interface CommittedOffset {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A dead producer's open transaction blocks read_committed readers for this long. */
const TRANSACTION_TIMEOUT_MS = 12_000;

/**
 * Writes in transactions under one `transactional.id`: whoever initialises it fences every earlier one.
 *
 * After any error it must be discarded: kafkajs stays in its COMMITTING state when a commit fails, and a producer
 * that goes on after a time-out could write a batch whose fate is unknown a second time.
 */
export class TransactionalWriter {
  readonly #producer: Producer;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  /**
   * Connects and initialises: when it resolves, every earlier writer is fenced and its last transaction is either
   * wholly committed or wholly aborted, so that what it wrote can be read.
   */
  static async initialise(
    kafka: Pick<Kafka, 'producer'>,
    transactionalId: string,
  ): Promise<TransactionalWriter> {
    const producer = kafka.producer({
      transactionalId,
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
      return new TransactionalWriter(producer);
    } catch (error) {
      disconnectInBackground(producer);
      throw error;
    }
  }

  /** All of it or nothing. Throws when the transaction's fate is unknown or it was fenced: then discard this writer. */
  async commit(writes: Iterable<PartitionWrite>, offset?: CommittedOffset): Promise<void> {
    const transaction = await this.#producer.transaction();
    for (const write of writes) await send(transaction, write);
    if (offset !== undefined) await transaction.sendOffsets(toGroupOffsets(offset));
    await transaction.commit();
  }

  /** Lets the sockets go; whatever was open is aborted by the next initialise or by the broker's time-out. */
  discard(): void {
    disconnectInBackground(this.#producer);
  }

  /** Waits for the sockets to close, for a clean stop. */
  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}

/** One partition per send: a retry of a send that spans brokers would write the other's records again. */
async function send(transaction: Transaction, { topic, partition, records }: PartitionWrite): Promise<void> {
  for (const chunk of chunksForSend(records)) {
    const messages = chunk.map((record) => ({ ...record, partition }));
    requireWritten(await transaction.send({ topic, acks: -1, messages }), topic, [partition]);
  }
}

function toGroupOffsets({ groupId, topic, partition, offset }: CommittedOffset) {
  return {
    consumerGroupId: groupId,
    topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
  };
}

/** A producer in an unknown state may never finish its disconnect: nobody waits for it. */
function disconnectInBackground(producer: Producer): void {
  producer.disconnect().catch(() => undefined);
}
