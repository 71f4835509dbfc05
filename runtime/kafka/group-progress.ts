import type { Admin } from 'kafkajs';
import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/** How far consumer groups have come, seen from outside: by what they have committed. */
export interface GroupProgress {
  /** Records from the group's committed offsets to the topic's end; a transaction's markers count as records. */
  readLag(groupId: string, topic: string): Promise<number>;
  /** Partition to the next offset to be read, for the partitions that the group has committed. */
  readCommitted(groupId: string, topic: string): Promise<ReadonlyMap<number, number>>;
  /** Partition to the offset that its next record will get. */
  readEnds(topic: string): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

/** Connects; about ten seconds of retries a call, then an error. */
export async function openGroupProgress(settings: KafkaSettings, log: KafkaLogSink): Promise<GroupProgress> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  await admin.connect();
  return {
    close: () => admin.disconnect(),
    readCommitted: (groupId, topic) => readCommitted(admin, groupId, topic),
    async readEnds(topic) {
      const ends = await admin.fetchTopicOffsets(topic);
      return new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
    },
    async readLag(groupId, topic) {
      const [ends, committed] = await Promise.all([
        admin.fetchTopicOffsets(topic),
        readCommitted(admin, groupId, topic),
      ]);
      let lag = 0;
      for (const { partition, low, high } of ends) {
        const position = Math.max(Number(low), committed.get(partition) ?? -1);
        lag += Number(high) - position;
      }
      return lag;
    },
  };
}

/** A partition without a commit comes as −1. */
async function readCommitted(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = group?.partitions.map(({ partition, offset }) => [partition, Number(offset)] as const);
  return new Map(offsets?.filter(([, offset]) => offset >= 0));
}
