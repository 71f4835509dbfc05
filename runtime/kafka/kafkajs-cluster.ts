import type { Kafka } from 'kafkajs';

/** FindCoordinator's numbers: of a consumer group, and of a transactional id. */
export const COORDINATOR = { group: 0, transaction: 1 } as const;

/**
 * What is used of kafkajs's Cluster: connections (security, time-outs and reconnects included), metadata and
 * coordinators. kafkajs makes its own clients of it, and its types leave it out; the shape is 2.2.4's.
 */
export interface KafkajsCluster {
  readonly brokerPool: { readonly seedBroker: KafkajsBroker };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, unknown>>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  findBroker(which: { readonly nodeId: string }): Promise<KafkajsBroker>;
  findGroupCoordinator(which: {
    readonly groupId: string;
    readonly coordinatorType: (typeof COORDINATOR)[keyof typeof COORDINATOR];
  }): Promise<KafkajsBroker>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>;
}

/** A broker to which requests go. */
export interface KafkajsBroker {
  readonly nodeId: number;
  readonly connectionPool: { send(protocol: object): Promise<unknown> };
  fetch(request: object): Promise<unknown>;
  initProducerId(of: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  addPartitionsToTxn(request: {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  }): Promise<unknown>;
  addOffsetsToTxn(request: {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly groupId: string;
  }): Promise<unknown>;
}

interface ClusterOptions {
  readonly metadataMaxAge: number;
  readonly maxInFlightRequests?: number;
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';

/**
 * Connections of their own with a client's settings and retries. Name the topics first (`addMultipleTargetTopics`):
 * without one kafkajs asks for all, and fails for any that somebody else has left without a leader.
 */
export function openKafkajsCluster(kafka: Kafka, options: ClusterOptions): KafkajsCluster {
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create: unknown = key === undefined ? undefined : Reflect.get(kafka, key);
  if (typeof create !== 'function')
    throw new Error(`kafkajs has no ${CREATE_CLUSTER}: is it another version than 2.2.4?`);
  return create({ allowAutoTopicCreation: false, ...options }) as KafkajsCluster;
}

/** What is in an unknown state may never finish its disconnect: nobody waits for it. */
export function disconnectInBackground(client: { disconnect(): Promise<void> }): void {
  client.disconnect().catch(() => undefined);
}
