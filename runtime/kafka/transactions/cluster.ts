import type { Kafka } from 'kafkajs';
import type { Request } from './protocol/request.ts';

/**
 * What is used of kafkajs's Cluster: connections (security, time-outs and reconnects included), metadata,
 * coordinators. kafkajs's types leave it out.
 */
interface KafkajsCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, unknown>>;
  findBroker(which: { readonly nodeId: string }): Promise<KafkajsBroker>;
  findGroupCoordinator(which: {
    readonly groupId: string;
    readonly coordinatorType: number;
  }): Promise<KafkajsBroker>;
  findControllerBroker(): Promise<KafkajsBroker>;
}

interface KafkajsBroker {
  readonly connectionPool: { send(protocol: object): Promise<unknown> };
  initProducerId(of: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
}

type ClusterFactory = (options: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
  readonly maxInFlightRequests: number;
}) => KafkajsCluster;

/** Of a group, and of a transactional id. */
export const COORDINATOR = { group: 0, transaction: 1 } as const;

const METADATA_MAX_AGE_MS = 300_000;
/** As many batches of an idempotent producer as a broker keeps in order. */
const MAX_IN_FLIGHT = 5;

/** Connections of its own: a broker answers a connection's requests one after another. */
export function openCluster(kafka: Kafka): KafkajsCluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create: unknown = key === undefined ? undefined : Reflect.get(kafka, key);
  if (typeof create !== 'function') {
    throw new Error('kafkajs makes its clusters otherwise: is it another version than 2.2.4?');
  }
  return (create as ClusterFactory)({
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    maxInFlightRequests: MAX_IN_FLIGHT,
  });
}

export type { KafkajsBroker, KafkajsCluster };

/** Sends a request over kafkajs's connection to a broker. Throws where it was refused or not answered in time. */
export async function ask<Answer>(broker: KafkajsBroker, request: Request<Answer>): Promise<Answer> {
  const { name: apiName, apiKey, version: apiVersion } = request;
  // kafkajs writes and reads headers without tagged fields; all versions used here have them.
  const body = Buffer.concat([NO_TAGS, request.body]);
  const answer = await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode: async () => ({ buf: body, buffer: body }) },
    response: {
      decode: async (bytes: Buffer) => ({ body: apiKey === API_VERSIONS ? bytes : withoutTags(bytes) }),
      parse: async ({ body: bytes }: { readonly body: Buffer }) => request.read(bytes),
    },
    logResponseError: false,
  });
  return answer as Answer;
}

const NO_TAGS = Buffer.of(0);
/** Its answer has the header of the first version, so that a client that doesn't know the others can read it. */
const API_VERSIONS = 18;

function withoutTags(bytes: Buffer): Buffer {
  if (bytes[0] !== 0) throw new RangeError('the answer has header fields that are not known here');
  return bytes.subarray(1);
}
