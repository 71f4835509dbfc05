/**
 * Loaded before a service (`node --import`), for the harness alone: its crash points lie around what is asked of the
 * brokers, so the service's own code is the one that runs in production.
 */
// First: it puts kafkajs's fixes in place before kafkajs is imported.
import '../client.ts';
import kafkajs, { type Consumer, type ConsumerRunConfig } from 'kafkajs';
import { pass } from '../../testing/crash-point.ts';
import { EpochWriter } from '../transactions/epoch-writer.ts';

const prototype = kafkajs.Kafka.prototype;
const makeConsumer = prototype.consumer;

prototype.consumer = function consumer(this: kafkajs.Kafka, config): Consumer {
  const made = makeConsumer.call(this, config);
  made.on(made.events.REBALANCING, () => pass('in-rebalance'));
  return { ...made, run: (settings) => made.run(watchBatches(settings)) };
};

const { write, end } = EpochWriter.prototype;

EpochWriter.prototype.write = async function writeAndPass(this: EpochWriter, writes) {
  await write.call(this, writes);
  pass('after-send');
};

EpochWriter.prototype.end = async function endAndPass(this: EpochWriter, outcome) {
  pass('before-commit');
  const ending = end.call(this, outcome);
  // The request is on its way, the answer isn't back.
  setImmediate(() => pass('during-commit'));
  await ending;
  pass('after-commit');
};

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
