import type { KafkajsBroker, KafkajsCluster } from '../kafkajs-cluster.ts';
import { ask } from './ask.ts';
import { askAgain } from './ask-again.ts';
import type { ProducerId } from './producer-id.ts';
import { lastOutcome } from './protocol/describe-transactions.ts';
import { endTxn } from './protocol/end-txn.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS, COORDINATOR_MOVES } from './protocol/request.ts';
import type { TransactionOutcome } from './transaction-outcome.ts';
import type { WriterIdentity } from './transactional-writer.ts';

/** FindCoordinator's number for that of a transactional id. */
const OF_TRANSACTION = 1;

/**
 * Takes a transactional id over: fences its earlier writers, and has their last transaction ended in every partition
 * that it may have reached, once more and as the coordinator decided.
 *
 * Kafka from 4.1 on leaves the end of a transaction out of partitions that have no leader just then: it takes them for
 * deleted (`KRaftMetadataCache.getPartitionLeaderEndpoint`), and says that the transaction is complete. A broker that
 * is killed and starts again does so now and then. What was written stays open in those partitions, under the same
 * producer's id, for its next transaction to commit with its own; where it is the group's offset, the records are read
 * and answered a second time.
 */
export async function takeOver(cluster: KafkajsCluster, identity: WriterIdentity): Promise<ProducerId> {
  const { last, producer } = await askAgain(() => initialise(cluster, identity), isOnItsWay);
  if (last === undefined) return producer;
  await askAgain(() => endEverywhere(cluster, identity, producer, last), isOnItsWay);
  // It isn't answered before that has come to its end, too.
  return (await askAgain(() => initialise(cluster, identity), isOnItsWay)).producer;
}

interface Initialised {
  /** How the last transaction ended, or ends; undefined where there was none since the last time. */
  readonly last: TransactionOutcome | undefined;
  readonly producer: ProducerId;
}

/** While a transaction is ended for it, this throws, and what is decided is seen at the next try. */
async function initialise(
  cluster: KafkajsCluster,
  { transactionalId, transactionTimeoutMs }: WriterIdentity,
): Promise<Initialised> {
  const coordinator = await findCoordinator(cluster, transactionalId);
  const last = await ask(coordinator, lastOutcome(transactionalId));
  const { producerId, producerEpoch } = await coordinator.initProducerId({
    transactionalId,
    transactionTimeout: transactionTimeoutMs,
  });
  return { last, producer: { id: BigInt(producerId), epoch: producerEpoch } };
}

/** A transaction without records, ended like the one before it: what stands open under the producer's id ends with it. */
async function endEverywhere(
  cluster: KafkajsCluster,
  identity: WriterIdentity,
  producer: ProducerId,
  outcome: TransactionOutcome,
): Promise<void> {
  const { transactionalId, groupId } = identity;
  const topics = reachOf(cluster, identity);
  const coordinator = await findCoordinator(cluster, transactionalId);
  const of = { transactionalId, producerId: String(producer.id), producerEpoch: producer.epoch };
  if (topics.length > 0) await coordinator.addPartitionsToTxn({ ...of, topics });
  if (groupId !== undefined) await coordinator.addOffsetsToTxn({ ...of, groupId });
  await ask(coordinator, endTxn(transactionalId, producer, outcome));
}

/** The partitions into which the id's transactions write. */
function reachOf(cluster: KafkajsCluster, { topics, partition }: WriterIdentity) {
  return topics
    .map((topic) => {
      const known = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const partitions = known.filter((each) => partition === undefined || each === partition);
      return { topic, partitions };
    })
    .filter(({ partitions }) => partitions.length > 0);
}

function findCoordinator(cluster: KafkajsCluster, transactionalId: string): Promise<KafkajsBroker> {
  return cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: OF_TRANSACTION });
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
