/**
 * Loaded before a service (`node --import`), for the harness alone: its crash points lie in what the service asks of
 * kafkajs, so the service's own code is the one that runs in production.
 */
// First: it puts kafkajs's fixes in place before kafkajs is imported.
import '../client.ts';
import kafkajs, { type Consumer, type ConsumerRunConfig, type Producer, type Transaction } from 'kafkajs';
import { pass } from '../../testing/crash-point.ts';

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
      await eachBatch({
        ...payload,
        async commitOffsetsIfNecessary(offsets) {
          pass('before-offsets');
          await payload.commitOffsetsIfNecessary(offsets);
          pass('after-offsets');
        },
      });
    },
  };
}
