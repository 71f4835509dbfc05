import { COORDINATOR, type KafkajsBroker, type KafkajsCluster } from '../kafkajs-cluster.ts';
import { ask } from './ask.ts';
import { askAgain } from './ask-again.ts';
import { type Ending, endingsOf, type LastEnding, type Reach } from './endings.ts';
import type { ProducerId } from './producer-id.ts';
import { describeTransaction, type TransactionDescription } from './protocol/describe-transactions.ts';
import { endTxn } from './protocol/end-txn.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS, COORDINATOR_MOVES } from './protocol/request.ts';
import type { WriterIdentity } from './transactional-writer.ts';

/**
 * Added to the time-out that a transactional id is initialised with while a commit has still to be said everywhere:
 * the coordinator keeps it, so whoever takes over next knows, also from a process that died here.
 */
const UNSAID_COMMIT_MS = 1;

/**
 * Takes a transactional id over: fences its earlier writers, and has their last transaction ended in every partition
 * that it may have reached, once more and as the coordinator decided.
 *
 * Kafka from 4.1 on leaves the end of a transaction out of partitions that have no leader just then: it takes them for
 * deleted (`KRaftMetadataCache.getPartitionLeaderEndpoint`), and says that the transaction is complete. A broker that
 * is killed and starts again does so now and then. What was written stays open in those partitions, under the same
 * producer's id, and ends with whatever ends there next.
 */
export async function takeOver(cluster: KafkajsCluster, identity: WriterIdentity): Promise<ProducerId> {
  const reach = await findReach(cluster, identity);
  const last = new LastTransaction();
  const fenced = await askAgain(() => fence(cluster, identity, last), isOnItsWay);
  const endings = endingsOf(last.ending(fenced.producer), reach);
  let { producer, isMarked } = fenced;
  for (const ending of endings) {
    if (ending.outcome === 'commit' && !isMarked) {
      producer = await askAgain(() => initialise(cluster, identity, UNSAID_COMMIT_MS), isOnItsWay);
      isMarked = true;
    }
    const by = producer;
    producer = await askAgain(() => end(cluster, identity, by, ending), isOnItsWay);
  }
  if (!isMarked && endings.length === 0) return producer;
  // It isn't answered before what was ended has come to its end.
  return askAgain(() => initialise(cluster, identity), isOnItsWay);
}

/** What was learnt of the last transaction in the tries to fence its writer. */
class LastTransaction {
  #described: TransactionDescription | undefined;
  #partitions: TransactionDescription['partitions'] | undefined;

  see(described: TransactionDescription | undefined): void {
    this.#described = described;
    // Once it is complete, the coordinator doesn't know them any more.
    if (described !== undefined && described.partitions.size > 0) this.#partitions = described.partitions;
  }

  /**
   * How it ended. Undefined where there was none, and where something came between the last look and the fence, so
   * that it isn't known: then nothing is said, as what is open ends with the next commit.
   */
  ending(fencedBy: ProducerId): LastEnding | undefined {
    const { state, producer } = this.#described ?? {};
    if (producer?.id !== fencedBy.id || producer.epoch + 1 !== fencedBy.epoch) return undefined;
    if (this.isCommit()) return { outcome: 'commit' };
    const isAborted = state === 'CompleteAbort' || state === 'PrepareAbort' || state === 'PrepareEpochFence';
    if (!isAborted || this.#partitions === undefined) return undefined;
    return { outcome: 'abort', partitions: this.#partitions };
  }

  isCommit(): boolean {
    const { state } = this.#described ?? {};
    return state === 'CompleteCommit' || state === 'PrepareCommit' || (state === 'Empty' && this.isUnsaid());
  }

  isUnsaid(): boolean {
    return this.#described !== undefined && this.#described.timeoutMs % 2 === UNSAID_COMMIT_MS;
  }
}

/** Fences; while a transaction is ended for it, this throws, and what is decided is seen at the next try. */
async function fence(
  cluster: KafkajsCluster,
  identity: WriterIdentity,
  last: LastTransaction,
): Promise<{ readonly producer: ProducerId; readonly isMarked: boolean }> {
  const { transactionalId } = identity;
  const coordinator = await findCoordinator(cluster, transactionalId);
  const described = await ask(coordinator, describeTransaction(transactionalId));
  last.see(described);
  // Somebody died saying a commit everywhere, in a transaction without records: an initialisation would abort it.
  if (described?.state === 'Ongoing' && last.isUnsaid())
    await ask(coordinator, endTxn(transactionalId, described.producer, 'commit'));
  const isMarked = last.isCommit() || last.isUnsaid();
  const producer = await initialise(cluster, identity, isMarked ? UNSAID_COMMIT_MS : 0);
  return { producer, isMarked };
}

async function initialise(
  cluster: KafkajsCluster,
  { transactionalId, transactionTimeoutMs }: WriterIdentity,
  markMs = 0,
): Promise<ProducerId> {
  const coordinator = await findCoordinator(cluster, transactionalId);
  // An even one has no mark.
  const transactionTimeout = transactionTimeoutMs - (transactionTimeoutMs % 2) + markMs;
  const { producerId, producerEpoch } = await coordinator.initProducerId({
    transactionalId,
    transactionTimeout,
  });
  return { id: BigInt(producerId), epoch: producerEpoch };
}

/** A transaction without records: what stands open under the producer's id in these partitions ends with it. */
async function end(
  cluster: KafkajsCluster,
  { transactionalId, groupId }: WriterIdentity,
  producer: ProducerId,
  { outcome, partitions, hasOffsets }: Ending,
): Promise<ProducerId> {
  const coordinator = await findCoordinator(cluster, transactionalId);
  const of = { transactionalId, producerId: String(producer.id), producerEpoch: producer.epoch };
  const topics = Array.from(partitions, ([topic, ids]) => ({ topic, partitions: ids }));
  if (topics.length > 0) await coordinator.addPartitionsToTxn({ ...of, topics });
  if (hasOffsets && groupId !== undefined) await coordinator.addOffsetsToTxn({ ...of, groupId });
  return ask(coordinator, endTxn(transactionalId, producer, outcome));
}

/**
 * Where the id's transactions write. Throws where a partition of it has no leader now (kafkajs does, asked for
 * metadata), the group's own among them: to end anything there would be left out again.
 */
async function findReach(cluster: KafkajsCluster, { topics, groupId }: WriterIdentity): Promise<Reach> {
  await cluster.addMultipleTargetTopics(topics);
  if (groupId !== undefined)
    await cluster.findGroupCoordinator({ groupId, coordinatorType: COORDINATOR.group });
  const partitions = topics.map((topic) => {
    const known = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    return [topic, known] as const;
  });
  return { partitions: new Map(partitions), hasOffsets: groupId !== undefined };
}

function findCoordinator(cluster: KafkajsCluster, transactionalId: string): Promise<KafkajsBroker> {
  return cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: COORDINATOR.transaction });
}

/** kafkajs's names of what passes: the coordinator moves, loads, or ends what an earlier writer left open. */
const PASSING = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

function isOnItsWay(error: unknown): boolean {
  if (error instanceof BrokerError)
    return error.code === CONCURRENT_TRANSACTIONS || COORDINATOR_MOVES.has(error.code);
  const type: unknown = error instanceof Error ? Reflect.get(error, 'type') : undefined;
  return typeof type === 'string' && PASSING.has(type);
}
