import { createExactlyOnceConsumer } from '@scoreline/runtime/kafka/exactly-once/consumer.ts';
import { packRecords } from '@scoreline/runtime/kafka/packed-records.ts';

/**
 * A process that copies one topic to another as the scorer writes, exactly once, and does nothing to a record: what is
 * left to gain by scoring faster.
 *
 * Usage: node exact-copy.ts BROKERS FROM TO GROUP; it runs until it is ended.
 */
const [brokers = '', from = '', to = '', groupId = ''] = process.argv.slice(2);
const quiet = (): void => {};

const consumer = createExactlyOnceConsumer<'copy'>({
  kafka: { brokers: brokers.split(','), clientId: 'bench-exact-copy' },
  groupId,
  topic: from,
  outputs: { copy: to },
  transform: async ({ records }) => ({
    fate: 'done',
    outputs: { copy: packRecords(records.map(({ key, value }) => ({ key, value }))) },
  }),
  events: {
    joined: quiet,
    partitionAcquired: quiet,
    batchCommitted: quiet,
    transactionCommitted: quiet,
    transactionFailed: (partition, error) => console.error(`partition ${partition}: ${error.message}`),
    partitionPaused: quiet,
    recordsExpired: quiet,
    consumerCrashed: (error) => console.error(error.message),
    clientLog: quiet,
  },
});
await consumer.start(quiet);
