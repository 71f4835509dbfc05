import type { Admin } from 'kafkajs';

type GrowingAdmin = Pick<Admin, 'fetchTopicMetadata' | 'createPartitions'>;

/**
 * Makes sure, once per partition, that every output topic has it, and grows those that don't: partition p in,
 * partition p out, also for partitions that the CRM adds later. Two instances may grow at once; the second finds
 * it done.
 */
export function createPartitionGrower(
  admin: GrowingAdmin,
  topics: readonly string[],
): (partition: number) => Promise<void> {
  let known = 0;
  return async (partition) => {
    if (partition < known) return;
    const counts = await partitionCounts(admin, topics);
    for (const topic of topics) {
      if ((counts.get(topic) ?? 0) <= partition) await grow(admin, topic, partition + 1);
    }
    known = Math.max(known, partition + 1);
  };
}

async function partitionCounts(admin: GrowingAdmin, topics: readonly string[]): Promise<Map<string, number>> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
}

async function grow(admin: GrowingAdmin, topic: string, count: number): Promise<void> {
  try {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  } catch (error) {
    const counts = await partitionCounts(admin, [topic]);
    if ((counts.get(topic) ?? 0) < count) throw error;
  }
}
