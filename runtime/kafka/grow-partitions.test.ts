import type { ITopicPartitionConfig } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createPartitionGrower } from './grow-partitions.ts';

/** A cluster of topics by their partition counts; `refuse` is thrown by what grows them. */
function createCluster(counts: Record<string, number>) {
  const grown: string[] = [];
  let asked = 0;
  const cluster = {
    refuse: undefined as Error | undefined,
    async fetchTopicMetadata({ topics = [] }: { topics?: string[] } = {}) {
      asked += 1;
      return {
        topics: topics.map((name) => ({
          name,
          partitions: Array.from({ length: counts[name] ?? 0 }, (_, partitionId) => ({
            partitionErrorCode: 0,
            partitionId,
            leader: 1,
            replicas: [1],
            isr: [1],
          })),
        })),
      };
    },
    async createPartitions({ topicPartitions }: { topicPartitions: ITopicPartitionConfig[] }) {
      for (const { topic, count } of topicPartitions) {
        grown.push(`${topic} to ${count}`);
        if (cluster.refuse !== undefined) throw cluster.refuse;
        counts[topic] = count;
      }
      return true;
    },
  };
  return { cluster, counts, grown, asked: () => asked };
}

describe('createPartitionGrower', () => {
  it('grows the outputs that lack a partition, and no other', async () => {
    const { cluster, grown } = createCluster({ scores: 2, dead: 6 });
    await createPartitionGrower(cluster, ['scores', 'dead'])(4);
    expect(grown).toEqual(['scores to 5']);
  });

  it('asks once for what it has seen', async () => {
    const { cluster, asked } = createCluster({ scores: 6 });
    const ensure = createPartitionGrower(cluster, ['scores']);
    await ensure(5);
    await ensure(5);
    await ensure(0);
    expect(asked()).toBe(1);
  });

  it('takes it for done where another instance was faster', async () => {
    const { cluster, counts } = createCluster({ scores: 2 });
    const ensure = createPartitionGrower(cluster, ['scores']);
    Object.defineProperty(cluster, 'refuse', {
      get() {
        counts['scores'] = 3;
        return new Error('Topic already has 3 partitions');
      },
    });
    await expect(ensure(2)).resolves.toBeUndefined();
  });

  it('throws where the topic stays too small', async () => {
    const { cluster } = createCluster({ scores: 2 });
    cluster.refuse = new Error('not allowed');
    await expect(createPartitionGrower(cluster, ['scores'])(2)).rejects.toThrow('not allowed');
  });
});
