import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';

/**
 * A process that copies one topic to another with the same Kafka client as the scorer, partition by partition, with
 * batches of the same size and neither transactions nor anything done to a record: what the client can do at best.
 *
 * Usage: node plain-copy.ts BROKERS FROM TO GROUP; it runs until it is ended.
 */
const [brokers = '', from = '', to = '', groupId = ''] = process.argv.slice(2);
const kafka = { brokers: brokers.split(','), clientId: 'bench-copy' };
const quiet = (): void => {};

const publisher = createPublisher(kafka, quiet);
const reader = createBatchReader({
  kafka,
  groupId,
  topics: [from],
  onBatch: async ({ partition, records }) => {
    await publisher.publish(
      to,
      records.map(({ key, value }) => ({ key, value, partition })),
    );
  },
  events: { joined: quiet, batchFailed: quiet, consumerCrashed: quiet, clientLog: quiet },
});
await publisher.connect();
await reader.start(quiet);
