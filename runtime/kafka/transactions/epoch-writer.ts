import type { Kafka } from 'kafkajs';
import {
  COORDINATOR,
  disconnectInBackground,
  type KafkajsBroker,
  type KafkajsCluster,
  openKafkajsCluster,
} from '../kafkajs-cluster.ts';
import { countOf } from '../packed-records.ts';
import type { CommittedOffsets, PartitionWrite, WriterIdentity } from './transactional-writer.ts';
import { ask } from './ask.ts';
import { askAgain } from './ask-again.ts';
import { cutBatches } from './cut-batches.ts';
import type { ProducerId } from './producer-id.ts';
import type { TransactionOutcome } from './transaction-outcome.ts';
import { endTxn } from './protocol/end-txn.ts';
import { type PartitionBatch, produce } from './protocol/produce.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS, type Request, STRANGER } from './protocol/request.ts';
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
  readonly heedsMember = true;
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

  async commit(writes: readonly PartitionWrite[], offsets?: CommittedOffsets): Promise<void> {
    try {
      await this.#addIfSpread(writes, offsets);
      const written = this.write(writes);
      const committed = offsets === undefined ? undefined : this.commitOffsets(offsets);
      await this.#bothOrAbort(written, committed);
      await this.end('commit');
    } finally {
      // kafkajs connects anew for a request that is made after its disconnect.
      if (this.#isDiscarded) disconnectInBackground(this.#cluster);
    }
  }

  /** Sends records, each partition's in order; resolves when all are written. */
  async write(writes: readonly PartitionWrite[]): Promise<void> {
    const timestampMs = Date.now();
    const byLeader = await this.#byLeader(writes);
    const written = Array.from(byLeader, ([nodeId, ofLeader]) =>
      this.#writeTo(
        nodeId,
        ofLeader.map((write) => this.#cut(write, timestampMs)),
      ),
    );
    await Promise.all(written);
  }

  async commitOffsets(offsets: CommittedOffsets): Promise<void> {
    const coordinator = await this.#coordinator('group', offsets.groupId);
    const request = txnOffsetCommit(this.#transactionalId, this.#producer, offsets);
    await askAgain(() => this.#ask(coordinator, request), isBusy);
  }

  /** Takes over the next transaction's epoch. */
  async end(outcome: TransactionOutcome): Promise<void> {
    const coordinator = await this.#coordinator('transaction', this.#transactionalId);
    const request = endTxn(this.#transactionalId, this.#producer, outcome);
    this.#producer = await askAgain(() => this.#ask(coordinator, request), isBusy);
  }

  discard(): void {
    this.#isDiscarded = true;
    disconnectInBackground(this.#cluster);
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  /**
   * Who has lost its place in the group aborts: partitions of the transaction may be others' by now, who don't
   * initialise the id that it was written under, and readers would wait for its time-out.
   */
  async #bothOrAbort(written: Promise<void>, committed: Promise<void> | undefined): Promise<void> {
    try {
      await Promise.all([written, committed]);
    } catch (error) {
      if (error instanceof BrokerError && STRANGER.has(error.code)) {
        await Promise.allSettled([written, committed]);
        await this.end('abort').catch(() => undefined);
      }
      throw error;
    }
  }

  /**
   * Brokers add to the transaction what they are asked to write. Several that do so at once are in each other's way at
   * the coordinator, and each waits for 20 ms before it tries again: then all is added before, by us.
   */
  async #addIfSpread(
    writes: readonly PartitionWrite[],
    offsets: CommittedOffsets | undefined,
  ): Promise<void> {
    const byLeader = await this.#byLeader(writes);
    const group = offsets === undefined ? undefined : await this.#coordinator('group', offsets.groupId);
    const nodes = new Set(byLeader.keys());
    if (group !== undefined) nodes.add(String(group.nodeId));
    if (nodes.size < 2) return;
    const coordinator = await this.#coordinator('transaction', this.#transactionalId);
    const { id, epoch } = this.#producer;
    const of = { transactionalId: this.#transactionalId, producerId: String(id), producerEpoch: epoch };
    const topics = Array.from(
      Map.groupBy([...byLeader.values()].flat(), ({ topic }) => topic),
      ([topic, ofTopic]) => ({ topic, partitions: ofTopic.map(({ partition }) => partition) }),
    );
    if (topics.length > 0) await askAgain(() => coordinator.addPartitionsToTxn({ ...of, topics }), isBusy);
    if (offsets === undefined) return;
    await askAgain(() => coordinator.addOffsetsToTxn({ ...of, groupId: offsets.groupId }), isBusy);
  }

  /** Those that have records, by the id of their partition's leader. */
  async #byLeader(writes: readonly PartitionWrite[]): Promise<ReadonlyMap<string, PartitionWrite[]>> {
    await this.#cluster.addMultipleTargetTopics(writes.map(({ topic }) => topic));
    const some = writes.filter(({ records }) => countOf(records) > 0);
    return Map.groupBy(some, ({ topic, partition }) => this.#leaderOf(topic, partition));
  }

  #cut({ topic, partition, records }: PartitionWrite, timestampMs: number): readonly PartitionBatch[] {
    const batches: PartitionBatch[] = [];
    let baseSequence = 0;
    for (const { maxBytes, ...range } of cutBatches(records)) {
      const batch = { range, producer: this.#producer, baseSequence, timestampMs };
      batches.push({ topic, partition, batch, maxBytes });
      baseSequence += range.to - range.from;
    }
    return batches;
  }

  /** The first batch of each partition in one request, any others by themselves. */
  async #writeTo(nodeId: string, partitions: readonly (readonly PartitionBatch[])[]): Promise<void> {
    const leader = await this.#cluster.findBroker({ nodeId });
    const first = produce(
      this.#transactionalId,
      partitions.flatMap((batches) => batches.slice(0, 1)),
    );
    // It adds the partitions to the transaction, and may have to wait for the one before to be written down.
    await askAgain(() => this.#ask(leader, first), isBusy);
    const others = partitions.flatMap((batches) => batches.slice(1));
    await Promise.all(others.map((batch) => this.#ask(leader, produce(this.#transactionalId, [batch]))));
  }

  #leaderOf(topic: string, partition: number): string {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId !== undefined) return nodeId;
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
  if (error instanceof BrokerError) return error.code === CONCURRENT_TRANSACTIONS;
  return error instanceof Error && Reflect.get(error, 'type') === 'CONCURRENT_TRANSACTIONS';
}
