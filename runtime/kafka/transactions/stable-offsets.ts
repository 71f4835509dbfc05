import type { Kafka } from 'kafkajs';
import {
  COORDINATOR,
  disconnectInBackground,
  type KafkajsCluster,
  openKafkajsCluster,
} from '../kafkajs-cluster.ts';
import { ask } from './ask.ts';
import { askAgain } from './ask-again.ts';
import { offsetFetch } from './protocol/offset-fetch.ts';
import { BrokerError, COORDINATOR_MOVES, UNSTABLE_OFFSET_COMMIT } from './protocol/request.ts';

const CONNECTION = { metadataMaxAge: 300_000 };

/** What a group has committed, once no transaction is open any more that may commit more. */
export interface StableOffsets {
  /** A partition's next offset, -1 where none is committed. Throws where a transaction stays open for seconds. */
  read(topic: string, partition: number): Promise<number>;
  close(): Promise<void>;
}

/** Connects when it is first asked; after an error its connections are thrown away and made anew. */
export function createStableOffsets(kafka: Kafka, groupId: string): StableOffsets {
  let cluster: KafkajsCluster | undefined;
  return {
    async read(topic, partition) {
      const asked = (cluster ??= openKafkajsCluster(kafka, CONNECTION));
      try {
        await asked.addMultipleTargetTopics([topic]);
        return await askAgain(async () => {
          const coordinator = await asked.findGroupCoordinator({
            groupId,
            coordinatorType: COORDINATOR.group,
          });
          return ask(coordinator, offsetFetch(groupId, topic, partition));
        }, isPassing);
      } catch (error) {
        if (cluster === asked) cluster = undefined;
        disconnectInBackground(asked);
        throw error;
      }
    },
    async close() {
      const open = cluster;
      cluster = undefined;
      await open?.disconnect();
    },
  };
}

/** Whether it is the answer that a transaction is open. */
export function isUnstable(error: unknown): boolean {
  return error instanceof BrokerError && error.code === UNSTABLE_OFFSET_COMMIT;
}

function isPassing(error: unknown): boolean {
  return isUnstable(error) || (error instanceof BrokerError && COORDINATOR_MOVES.has(error.code));
}
