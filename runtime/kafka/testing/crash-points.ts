/**
 * Loaded before a service (`node --import`), for the harness alone: a process that is sent SIGUSR2 kills itself, as
 * `kill -9` does, the next time it passes the point that CRASH_POINT_FILE names by then. The points lie in what the
 * service asks of kafkajs, so the service's own code is the one that runs in production.
 */
import { readFileSync } from 'node:fs';
// First: it puts kafkajs's fixes in place before kafkajs is imported.
import '../client.ts';
import kafkajs, { type Consumer, type ConsumerRunConfig, type Producer, type Transaction } from 'kafkajs';

/** Where a process can be made to end. */
export type CrashPoint =
  'after-read' | 'after-send' | 'before-commit' | 'during-commit' | 'after-commit' | 'in-rebalance';

let armed: string | undefined;
process.on('SIGUSR2', () => {
  armed = readFileSync(process.env['CRASH_POINT_FILE'] ?? '', 'utf8');
});

function pass(point: CrashPoint): void {
  if (armed === point) process.kill(process.pid, 'SIGKILL');
}

const prototype = kafkajs.Kafka.prototype;
const makeProducer = prototype.producer;
const makeConsumer = prototype.consumer;

prototype.producer = function producer(this: kafkajs.Kafka, config): Producer {
  const made = makeProducer.call(this, config);
  return { ...made, transaction: async () => watchTransaction(await made.transaction()) };
};

prototype.consumer = function consumer(this: kafkajs.Kafka, config): Consumer {
  const made = makeConsumer.call(this, config);
  made.on(made.events.REBALANCING, () => pass('in-rebalance'));
  return { ...made, run: (settings) => made.run(watchBatches(settings)) };
};

function watchTransaction(transaction: Transaction): Transaction {
  return {
    ...transaction,
    async send(record) {
      const written = await transaction.send(record);
      pass('after-send');
      return written;
    },
    async sendOffsets(offsets) {
      await transaction.sendOffsets(offsets);
      pass('before-commit');
    },
    async commit() {
      const committing = transaction.commit();
      // The request is on its way, the answer isn't back.
      setImmediate(() => pass('during-commit'));
      await committing;
      pass('after-commit');
    },
  };
}

function watchBatches(settings: ConsumerRunConfig | undefined): ConsumerRunConfig {
  const { eachBatch, ...rest } = settings ?? {};
  if (eachBatch === undefined) return rest;
  return {
    ...rest,
    async eachBatch(payload) {
      pass('after-read');
      await eachBatch(payload);
    },
  };
}
