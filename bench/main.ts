import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { type BacklogMemory, measureBacklog } from './backlog.ts';
import type { BenchContext } from './context.ts';
import { drainWithPlainCopy } from './copy.ts';
import { measureCpu } from './cpu.ts';
import { drainWithScorer } from './drain.ts';
import { measureLatency } from './latency.ts';
import { encodeLeads } from './leads.ts';
import { describeMachine } from './machine.ts';
import { readBenchOptions } from './options.ts';
import { type BenchResults, describeResults } from './report.ts';
import { measureSwaps } from './swap.ts';
import { measureSwapMemory } from './swap-memory.ts';
import { measureRecompute, type Recomputed } from './windows/measure.ts';

/**
 * `npm run bench`: what a lead costs without brokers; a backlog drained with exactly-once on, the same backlog copied by the same Kafka client without;
 * latencies at a steady rate; latencies and memory while the model is swapped; a month of windows computed anew. On a
 * stack of its own.
 */
/** Batches as large as the scorer's under a backlog. */
const CPU_ROUNDS = { batch: 4_000, rounds: 60 };

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
  const { parts } = options;
  return {
    machine,
    cpu: parts.has('cpu') ? await measureCpu(await prepareTopics('cpu.'), CPU_ROUNDS) : undefined,
    drain: parts.has('drain') ? await measureDrain() : undefined,
    latency: parts.has('latency') ? await measureQuietStream() : undefined,
    swap: parts.has('swap') ? await measureSwapping() : undefined,
    windows: parts.has('windows') ? await measureWindows() : undefined,
    backlog: parts.has('backlog') ? await measureLongBacklog() : undefined,
  };
}

async function measureDrain(): Promise<NonNullable<BenchResults['drain']>> {
  const { backlog = 200_000, cpuProfile } = options;
  const topics = await prepareTopics('backlog.');
  console.log(`bench … producing a backlog of ${backlog} leads`);
  await produce(topics, backlog);
  console.log('bench … draining it with the scorer');
  const scorer = await drainWithScorer(topics, cpuProfile);
  console.log('bench … draining it with a plain copy');
  return { backlog, scorer, copy: await drainWithPlainCopy(topics) };
}

async function measureLongBacklog(): Promise<BacklogMemory> {
  const { backlog = 5_000_000 } = options;
  console.log(`bench … memory along a backlog of ${backlog} leads`);
  return measureBacklog(await prepareTopics('long.'), backlog);
}

async function measureQuietStream(): Promise<NonNullable<BenchResults['latency']>> {
  const { rate, seconds } = options;
  console.log(`bench … latencies at ${rate} events/s for ${seconds} s`);
  return { rate, ...(await measureLatency(await prepareTopics('latency.'), rate, seconds)) };
}

async function measureSwapping(): Promise<NonNullable<BenchResults['swap']>> {
  const { swapRate: rate, swaps, memorySwaps, cpuProfile } = options;
  console.log(`bench … ${swaps} swaps of the model at ${rate} events/s`);
  const underLoad = await measureSwaps(await prepareTopics('swap.'), { rate, swaps, cpuProfile });
  console.log(`bench … memory along ${memorySwaps} swaps`);
  return { underLoad, memory: await measureSwapMemory(await prepareTopics('memory.'), memorySwaps) };
}

async function measureWindows(): Promise<readonly Recomputed[]> {
  const restart = async (): Promise<number> => {
    await stack.stopPart('clickhouse');
    await stack.startPart('clickhouse');
    const { clickhouse: pid } = stack.pids;
    if (pid === undefined)
      throw new Error('windows are measured on an engine of the bench: unset CLICKHOUSE_URL');
    return pid;
  };
  const measured: Recomputed[] = [];
  for (const rows of options.windowRows) {
    console.log(`bench … a month of windows, ${rows} scores`);
    measured.push(await measureRecompute({ url: stack.env.CLICKHOUSE_URL, restart }, rows));
  }
  return measured;
}

async function prepareTopics(prefix: string): Promise<BenchContext> {
  const env = { ...stack.env, TOPIC_PREFIX: prefix };
  await setUp({ env, log: () => {} });
  return { env, prefix, model: 'bank-leads@1.0.0', logFolder: join(home, 'logs') };
}

async function produce({ env, prefix }: BenchContext, count: number): Promise<void> {
  const leads = await encodeLeads(count, {
    registry: createRegistryClient({ url: env.SCHEMA_REGISTRY_URL }),
    topicPrefix: prefix,
  });
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  await publisher.publish(`${prefix}lead-created`, leads);
  await publisher.close();
}
