import { setTimeout as delay } from 'node:timers/promises';
import { createEcho, echo, type EchoTopics } from './echo.ts';

/**
 * An echo consumer in a process of its own, which can be stopped and killed as an operating system does it:
 * `node echo-process.ts <brokers> <topics as JSON>`. Prints each fact, and "transforming" before each batch.
 */
const [brokers = '', topics = '{}'] = process.argv.slice(2);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const consumer = createEcho(brokers, JSON.parse(topics) as EchoTopics, {
  maxBatchRecords: 50,
  transform: async (batch) => {
    print(`transforming ${batch.records.length} of ${batch.partition}`);
    return echo(batch);
  },
  onFact: print,
});
await consumer.start();
// Forgotten by whoever started it, it ends by itself.
await delay(120_000);
