import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import { vi } from 'vitest';

const ignore = (): void => {};

/** Reads whole topics, read_committed, to where they end now, by a group of its own. */
export async function readAll(
  brokers: string,
  topics: readonly string[],
  onRecord: (record: KafkaRecord & { readonly topic: string; readonly partition: number }) => void,
): Promise<void> {
  const reader = createBatchReader({
    kafka: { brokers: brokers.split(','), clientId: 'read-all' },
    groupId: `read-all-${crypto.randomUUID()}`,
    topics,
    onBatch: async ({ topic, partition, records }) => {
      for (const { offset, timestamp, key, value, headers } of records)
        onRecord({ topic, partition, offset, timestamp, key, value, headers });
    },
    events: { joined: ignore, batchFailed: ignore, consumerCrashed: ignore, clientLog: ignore },
  });
  await reader.start(ignore);
  try {
    await vi.waitFor(
      async () => {
        const lag = await reader.lag();
        const left = [...lag.values()].reduce((sum, records) => sum + records, 0);
        if (left > 0 || reader.assigned().size < topics.length) throw new Error(`${left} records are left`);
      },
      { timeout: 30_000, interval: 50 },
    );
  } finally {
    await reader.stop();
  }
}
