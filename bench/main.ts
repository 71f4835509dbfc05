import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import type { BenchContext } from './context.ts';
import { drainWithPlainCopy } from './copy.ts';
import { drainWithScorer } from './drain.ts';
import { measureLatency } from './latency.ts';
import { encodeLeads } from './leads.ts';
import { describeMachine } from './machine.ts';
import { readBenchOptions } from './options.ts';
import { type BenchResults, describeResults } from './report.ts';

/**
 * `npm run bench`: a backlog drained with exactly-once on, the same backlog copied by the same Kafka client without,
 * and latencies at a steady rate; on a stack of its own.
 */
// Before anything of ours runs: the load is what others put on the machine.
const machine = describeMachine();
const options = readBenchOptions(process.argv.slice(2));
const home = mkdtempSync(join(tmpdir(), 'scoreline-bench-'));
const stack = await startStack({ home, ports: 'free', keepData: false, log: console.log });
process.once('SIGINT', () => void stack.stop().then(() => process.exit(130)));
try {
  const results = await runBench();
  console.log(`\n${describeResults(results)}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await stack.stop();
}

async function runBench(): Promise<BenchResults> {
  const backlog = await prepareTopics('backlog.');
  console.log(`bench … producing a backlog of ${options.backlog} leads`);
  await produce(backlog, options.backlog);
  console.log('bench … draining it with the scorer');
  const scorer = await drainWithScorer(backlog, options.cpuProfile);
  console.log('bench … draining it with a plain copy');
  const copy = await drainWithPlainCopy(backlog);
  console.log(`bench … latencies at ${options.rate} events/s for ${options.seconds} s`);
  const latency = await measureLatency(await prepareTopics('latency.'), options.rate, options.seconds);
  return { machine, backlog: options.backlog, rate: options.rate, scorer, copy, latency };
}

async function prepareTopics(prefix: string): Promise<BenchContext> {
  const env = { ...stack.env, TOPIC_PREFIX: prefix };
  await setUp({ env, log: () => {} });
  return { env, prefix, model: 'bank-leads@1.0.0', logFolder: join(home, 'logs') };
}

async function produce({ env, prefix }: BenchContext, count: number): Promise<void> {
  const leads = await encodeLeads(count, { registryUrl: env.SCHEMA_REGISTRY_URL, topicPrefix: prefix });
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  await publisher.publish(`${prefix}lead-created`, leads);
  await publisher.close();
}
