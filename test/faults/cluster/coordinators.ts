import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import type { Broker } from './broker.ts';
import type { Cluster } from './cluster.ts';

/** Where Kafka keeps what a coordinator has to know; the leader of a partition of it is the coordinator. */
type CoordinatorTopic = '__consumer_offsets' | '__transaction_state';

/** The broker that leads a partition of a topic. */
export async function findLeader(cluster: Cluster, topic: string, partition: number): Promise<Broker> {
  const leader = (await readLeaders(cluster, topic)).get(partition);
  const broker = cluster.brokers.find(({ id }) => id === leader);
  if (broker === undefined) throw new Error(`${topic}/${partition} has no leader`);
  return broker;
}

/** The coordinator of a group or of a transactional id: of the partition that its name's hash says. */
export async function findCoordinator(
  cluster: Cluster,
  topic: CoordinatorTopic,
  name: string,
): Promise<Broker> {
  const { size } = await readLeaders(cluster, topic);
  return findLeader(cluster, topic, hashOf(name) % size);
}

async function readLeaders(cluster: Cluster, topic: string): Promise<ReadonlyMap<number, number>> {
  const lab = await openKafkaLab(cluster.env.KAFKA_BROKERS);
  try {
    return await lab.leaders(topic);
  } finally {
    await lab.close();
  }
}

/** Java's String.hashCode without its sign, as `Utils.abs` of Kafka takes it. */
export function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i += 1) hash = (Math.imul(31, hash) + name.charCodeAt(i)) | 0;
  return hash & 0x7fffffff;
}
