import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { asClient, type KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import type { ControllerEvents } from './controller-events.ts';

/** Which of several controllers decides: the one that Kafka assigns the topic's one partition to. */
export interface Leadership {
  /** Resolves once this instance has joined; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  isLeader(): boolean;
  /** Why it can't be told now; undefined: it can. */
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

/** Leads by membership in the consumer group `<prefix>rollout`; its records are read elsewhere, by everybody. */
export function createLeadership(
  options: KafkaAccess & { readonly topicPrefix: string; readonly events: ControllerEvents },
): Leadership {
  const topic = `${options.topicPrefix}rollouts`;
  const reader = createBatchReader({
    kafka: asClient(options, 'scoreline-rollout'),
    groupId: `${options.topicPrefix}rollout`,
    topics: [topic],
    onBatch: () => Promise.resolve(),
    events: options.events,
  });
  return {
    failed: reader.failed,
    start: (onWaiting) => reader.start(onWaiting),
    stop: () => reader.stop(),
    notReady: () => reader.notReady(),
    // Without a sign of life from the brokers the partition may be another's by now.
    isLeader: () => reader.notReady() === undefined && reader.owns(topic, 0),
  };
}
