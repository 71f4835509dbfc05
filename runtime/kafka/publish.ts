// Before kafkajs: it puts the fixes in place.
import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import kafkajs from 'kafkajs';
import type { OutputRecord } from './record.ts';
import { requireWritten } from './require-written.ts';
import { chunksForSend } from './send-chunks.ts';
import type { KafkaSettings } from './settings.ts';

export interface PublishedRecord extends OutputRecord {
  /** Absent: by the key's murmur2 hash, as Java's producers do. */
  readonly partition?: number;
  /** Kafka's timestamp, epoch milliseconds; absent: now. */
  readonly timestamp?: number;
}

export interface Publisher {
  connect(): Promise<void>;
  /** Resolves when every in-sync replica has the records; where they stand, one entry a partition. */
  publish(topic: string, records: readonly PublishedRecord[]): Promise<readonly PublishedRange[]>;
  close(): Promise<void>;
}

/** Of one publish: the first offset that a partition got. */
export interface PublishedRange {
  readonly partition: number;
  readonly firstOffset: number;
}

/** A plain producer, acks from all in-sync replicas, about ten seconds of retries, then an error. */
export function createPublisher(settings: KafkaSettings, log: KafkaLogSink): Publisher {
  const producer = createKafkaClient(settings, BOUNDED_RETRY, log).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  return {
    connect: () => producer.connect(),
    close: () => producer.disconnect(),
    async publish(topic, records) {
      const ranges = new Map<number, number>();
      for (const chunk of chunksForSend(records)) {
        const messages = chunk.map(toMessage);
        const written = await producer.send({ topic, acks: -1, messages });
        requireWritten(written, topic, explicitPartitions(chunk));
        for (const { partition, baseOffset } of written) {
          if (!ranges.has(partition)) ranges.set(partition, Number(baseOffset ?? -1));
        }
      }
      return [...ranges].map(([partition, firstOffset]) => ({ partition, firstOffset }));
    },
  };
}

function explicitPartitions(records: readonly PublishedRecord[]): number[] {
  const partitions = new Set(records.map(({ partition }) => partition));
  return [...partitions].filter((partition) => partition !== undefined);
}

function toMessage({ timestamp, ...record }: PublishedRecord): kafkajs.Message {
  return timestamp === undefined ? record : { ...record, timestamp: String(timestamp) };
}
