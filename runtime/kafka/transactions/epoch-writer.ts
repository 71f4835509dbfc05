import type { Kafka } from 'kafkajs';
import {
  COORDINATOR,
  disconnectInBackground,
  type KafkajsBroker,
  type KafkajsCluster,
  openKafkajsCluster,
} from '../kafkajs-cluster.ts';
import type { CommittedOffset, PartitionWrite, WriterIdentity } from './transactional-writer.ts';
import { ask } from './ask.ts';
import { askAgain } from './ask-again.ts';
import { cutBatches } from './cut-batches.ts';
import type { ProducerId } from './producer-id.ts';
import { endTxn } from './protocol/end-txn.ts';
import { produce } from './protocol/produce.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS, type Request } from './protocol/request.ts';
import { txnOffsetCommit } from './protocol/txn-offset-commit.ts';
import { takeOver } from './take-over.ts';

const METADATA_MAX_AGE_MS = 300_000;
/** As many batches of an idempotent producer as a broker keeps in order. */
const MAX_IN_FLIGHT = 5;

/**
 * Transactions by version 2 of Kafka's protocol (KIP-890): scores, offset, end, three requests where kafkajs's
 * own takes five, and every transaction has an epoch of its own, so that nothing of an earlier one can get into it.
 */
export class EpochWriter {
  readonly #cluster: KafkajsCluster;
  readonly #transactionalId: string;
  /** Of the transaction at hand. */
  #producer: ProducerId;
  #isDiscarded = false;

  private constructor(cluster: KafkajsCluster, transactionalId: string, producer: ProducerId) {
    this.#cluster = cluster;
    this.#transactionalId = transactionalId;
    this.#producer = producer;
  }

  /** Connects and initialises, which fences and settles what earlier writers left open. */
  static async initialise(kafka: Kafka, identity: WriterIdentity): Promise<EpochWriter> {
    const cluster = openKafkajsCluster(kafka, {
      metadataMaxAge: METADATA_MAX_AGE_MS,
      maxInFlightRequests: MAX_IN_FLIGHT,
    });
    try {
      await cluster.connect();
      return new EpochWriter(cluster, identity.transactionalId, await takeOver(cluster, identity));
    } catch (error) {
      disconnectInBackground(cluster);
      throw error;
    }
  }

  async commit(writes: Iterable<PartitionWrite>, offset?: CommittedOffset): Promise<void> {
    try {
      const written = this.write([...writes]);
      const committed = offset === undefined ? undefined : this.commitOffset(offset);
      await Promise.all([written, committed]);
      await this.end();
    } finally {
      // kafkajs connects anew for a request that is made after its disconnect.
      if (this.#isDiscarded) disconnectInBackground(this.#cluster);
    }
  }

  /** Sends records, each partition's in order; resolves when all are written. */
  async write(writes: readonly PartitionWrite[]): Promise<void> {
    await this.#cluster.addMultipleTargetTopics(writes.map(({ topic }) => topic));
    const timestampMs = Date.now();
    await Promise.all(writes.map((write) => this.#writePartition(write, timestampMs)));
  }

  async commitOffset(offset: CommittedOffset): Promise<void> {
    const coordinator = await this.#coordinator('group', offset.groupId);
    const request = txnOffsetCommit(this.#transactionalId, this.#producer, offset);
    await askAgain(() => this.#ask(coordinator, request), isBusy);
  }

  /** Commits, and takes over the next transaction's epoch. */
  async end(): Promise<void> {
    const coordinator = await this.#coordinator('transaction', this.#transactionalId);
    const request = endTxn(this.#transactionalId, this.#producer, 'commit');
    this.#producer = await askAgain(() => this.#ask(coordinator, request), isBusy);
  }

  discard(): void {
    this.#isDiscarded = true;
    disconnectInBackground(this.#cluster);
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #writePartition({ topic, partition, records }: PartitionWrite, timestampMs: number): Promise<void> {
    const leader = await this.#leader(topic, partition);
    let baseSequence = 0;
    const sent: Promise<void>[] = [];
    for (const { maxBytes, ...range } of cutBatches(records)) {
      const request = produce(
        this.#transactionalId,
        { topic, partition },
        { range, producer: this.#producer, baseSequence, timestampMs },
        maxBytes,
      );
      // The first adds the partition to the transaction, and may have to wait for the one before to be written down.
      if (baseSequence === 0) await askAgain(() => this.#ask(leader, request), isBusy);
      else sent.push(this.#ask(leader, request));
      baseSequence += range.to - range.from;
    }
    await Promise.all(sent);
  }

  async #leader(topic: string, partition: number): Promise<KafkajsBroker> {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId !== undefined) return this.#cluster.findBroker({ nodeId });
    throw new Error(
      `topic ${topic} has no partition ${partition} as far as this client knows: nothing was written`,
    );
  }

  #coordinator(of: keyof typeof COORDINATOR, groupId: string): Promise<KafkajsBroker> {
    this.#requireNotDiscarded();
    return this.#cluster.findGroupCoordinator({ groupId, coordinatorType: COORDINATOR[of] });
  }

  async #ask<Answer>(broker: KafkajsBroker, request: Request<Answer>): Promise<Answer> {
    this.#requireNotDiscarded();
    return ask(broker, request);
  }

  /** What was begun stays open, for the next initialise to abort. */
  #requireNotDiscarded(): void {
    if (this.#isDiscarded) throw new Error(`the writer ${this.#transactionalId} was discarded`);
  }
}

/** The broker still writes down the transaction before: until then it has done nothing of what it was asked for. */
function isBusy(error: unknown): boolean {
  return error instanceof BrokerError && error.code === CONCURRENT_TRANSACTIONS;
}
