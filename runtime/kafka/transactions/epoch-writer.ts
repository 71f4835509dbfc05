import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { chunksForSend } from '../send-chunks.ts';
import type { CommittedOffset, PartitionWrite } from '../transactional-writer.ts';
import { ask, COORDINATOR, type KafkajsBroker, type KafkajsCluster, openCluster } from './cluster.ts';
import type { ProducerId } from './producer-id.ts';
import { endTxn } from './protocol/end-txn.ts';
import { produce } from './protocol/produce.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS } from './protocol/request.ts';
import { txnOffsetCommit } from './protocol/txn-offset-commit.ts';

/** The transaction before is still being written down: asked again soon, for as long as a broker may take. */
const AGAIN_AFTER_MS = 2;
const LONGEST_WAIT_MS = 200;
const GIVE_UP_AFTER_MS = 8_000;

/**
 * Transactions by version 2 of Kafka's protocol (KIP-890): scores, offset, end, three requests where kafkajs's
 * own takes five, and every transaction has an epoch of its own, so that nothing of an earlier one can get into it.
 */
export class EpochWriter {
  readonly #cluster: KafkajsCluster;
  readonly #transactionalId: string;
  /** Of the transaction at hand. */
  #producer: ProducerId;

  private constructor(cluster: KafkajsCluster, transactionalId: string, producer: ProducerId) {
    this.#cluster = cluster;
    this.#transactionalId = transactionalId;
    this.#producer = producer;
  }

  /** Connects and initialises, which fences and settles what earlier writers left open. */
  static async initialise(
    kafka: Kafka,
    transactionalId: string,
    transactionTimeoutMs: number,
  ): Promise<EpochWriter> {
    const cluster = openCluster(kafka);
    try {
      await cluster.connect();
      const producer = await initialiseId(cluster, transactionalId, transactionTimeoutMs);
      return new EpochWriter(cluster, transactionalId, producer);
    } catch (error) {
      disconnectInBackground(cluster);
      throw error;
    }
  }

  async commit(writes: Iterable<PartitionWrite>, offset?: CommittedOffset): Promise<void> {
    const written = this.write([...writes]);
    const committed = offset === undefined ? undefined : this.commitOffset(offset);
    await Promise.all([written, committed]);
    await this.end();
  }

  /** Sends records, each partition's in order; resolves when all are written. */
  async write(writes: readonly PartitionWrite[]): Promise<void> {
    const topics = writes.map(({ topic }) => topic);
    await this.#cluster.addMultipleTargetTopics(topics);
    const timestampMs = Date.now();
    await Promise.all(writes.map((write) => this.#writePartition(write, timestampMs)));
  }

  async commitOffset(offset: CommittedOffset): Promise<void> {
    const coordinator = await this.#coordinator(offset.groupId, COORDINATOR.group);
    const request = txnOffsetCommit(this.#transactionalId, this.#producer, offset);
    await untilNotBusy(() => ask(coordinator, request));
  }

  /** Commits, and takes over the next transaction's epoch. */
  async end(): Promise<void> {
    const coordinator = await this.#coordinator(this.#transactionalId, COORDINATOR.transaction);
    const request = endTxn(this.#transactionalId, this.#producer);
    this.#producer = await untilNotBusy(() => ask(coordinator, request));
  }

  discard(): void {
    disconnectInBackground(this.#cluster);
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  async #writePartition({ topic, partition, records }: PartitionWrite, timestampMs: number): Promise<void> {
    const leader = await this.#leader(topic, partition);
    let baseSequence = 0;
    const sent: Promise<void>[] = [];
    for (const batch of chunksForSend(records, Infinity)) {
      const request = produce(
        this.#transactionalId,
        { topic, partition },
        {
          records: batch,
          producer: this.#producer,
          baseSequence,
          timestampMs,
        },
      );
      // The first adds the partition to the transaction, and may have to wait for the one before to be written down.
      if (baseSequence === 0) await untilNotBusy(() => ask(leader, request));
      else sent.push(ask(leader, request));
      baseSequence += batch.length;
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

  #coordinator(groupId: string, coordinatorType: number): Promise<KafkajsBroker> {
    return this.#cluster.findGroupCoordinator({ groupId, coordinatorType });
  }
}

/** Asks again while the broker still writes down the transaction before: until then it has done nothing of this. */
async function untilNotBusy<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (let waitMs = AGAIN_AFTER_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await request();
    } catch (error) {
      const isBusy = error instanceof BrokerError && error.code === CONCURRENT_TRANSACTIONS;
      if (!isBusy || performance.now() > giveUpAt) throw error;
    }
    await delay(waitMs);
  }
}

/** kafkajs's names of what passes: the coordinator moves, loads, or aborts what an earlier writer left open. */
const PASSING = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

async function initialiseId(
  cluster: KafkajsCluster,
  transactionalId: string,
  transactionTimeout: number,
): Promise<ProducerId> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (let waitMs = AGAIN_AFTER_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      const coordinator = await cluster.findGroupCoordinator({
        groupId: transactionalId,
        coordinatorType: COORDINATOR.transaction,
      });
      const { producerId, producerEpoch } = await coordinator.initProducerId({
        transactionalId,
        transactionTimeout,
      });
      return { id: BigInt(producerId), epoch: producerEpoch };
    } catch (error) {
      const type: unknown = error instanceof Error ? Reflect.get(error, 'type') : undefined;
      if (typeof type !== 'string' || !PASSING.has(type) || performance.now() > giveUpAt) throw error;
    }
    await delay(waitMs);
  }
}

/** What is in an unknown state may never finish its disconnect: nobody waits for it. */
function disconnectInBackground(cluster: KafkajsCluster): void {
  cluster.disconnect().catch(() => undefined);
}
