import type { BenchContext } from '../context.ts';
import { measureCpu } from '../cpu/measure-cpu.ts';
import type { Bench } from '../part.ts';
import { produceLeads } from '../produce-leads.ts';
import { count } from '../table.ts';
import { drainBacklog, type Drained } from './drain-backlog.ts';
import type { Drainer } from './drainer.ts';
import { createExactCopier, createPlainCopier, createScorer } from './drainers.ts';
import { createTopicLike } from './create-topic.ts';
import { copyByJava, type JavaCopies } from './java-copy.ts';
import { runKafkaTools, type ToolRates } from './kafka-tools.ts';
import { tallyAndForget } from './tally.ts';

/** The same backlog drained in every way, one right after another. */
export interface DrainRound {
  readonly scorer: Drained;
  /** By kafkajs, at least once: see plain-copy.ts. */
  readonly plainCopy: Drained;
  /** As the scorer reads and writes, exactly once: see exact-copy.ts. */
  readonly exactCopy: Drained;
  readonly java: JavaCopies;
  readonly tools: ToolRates;
  /** Leads a second of one core that does nothing but score. */
  readonly oneCorePerSecond: number;
}

export interface DrainResult {
  readonly backlog: number;
  readonly rounds: readonly DrainRound[];
}

/** Batches as large as the scorer's under a backlog. */
const CPU_SIZES = { batch: 4_000, rounds: 30 };

/** Drains a backlog by the scorer and by what could be faster, `rounds` times in turns, so that all meet the same machine. */
export async function measureDrain(
  bench: Bench,
  { backlog, rounds, cpuProfile }: { backlog: number; rounds: number; cpuProfile: string | undefined },
): Promise<DrainResult> {
  const context = await bench.prepareTopics('drain.');
  bench.log(`producing a backlog of ${count(backlog)} leads`);
  await produceLeads(context, backlog);
  const copies = `${context.prefix}copies`;
  await createTopicLike(context, `${context.prefix}lead-created`, copies);
  const done: DrainRound[] = [];
  while (done.length < rounds) {
    bench.log(`draining it, round ${done.length + 1} of ${rounds}`);
    done.push(await drainInTurns(bench, context, { backlog, copies, cpuProfile }));
  }
  return { backlog, rounds: done };
}

interface RoundOptions {
  readonly backlog: number;
  /** The topic that copies are written to. */
  readonly copies: string;
  readonly cpuProfile: string | undefined;
}

async function drainInTurns(
  { stack, log }: Bench,
  context: BenchContext,
  { backlog, copies, cpuProfile }: RoundOptions,
): Promise<DrainRound> {
  const { env, prefix } = context;
  const brokers = env.KAFKA_BROKERS;
  const drain = (what: string, drainer: Drainer): Promise<Drained> => {
    log(`  by ${what}`);
    return drainBacklog({ context, leads: backlog, brokerPid: stack.pids['kafka'] }, drainer);
  };
  const scorer = await drain('the scorer', createScorer(context, cpuProfile));
  const plainCopy = await drain('a plain copy', createPlainCopier(context, copies));
  const exactCopy = await drain('a copy exactly once', createExactCopier(context, copies));
  log("  by Kafka's own client and tools");
  const topics = { from: `${prefix}lead-created`, to: copies, groupId: `${prefix}java-copy` };
  const java = await copyByJava(brokers, topics);
  await tallyAndForget(brokers, copies);
  const recordBytes = Math.round(scorer.valueBytes);
  const tools = await runKafkaTools(brokers, { topic: copies, records: backlog, recordBytes });
  await tallyAndForget(brokers, copies);
  const { leadsPerSecond } = await measureCpu(context, CPU_SIZES);
  return { scorer, plainCopy, exactCopy, java, tools, oneCorePerSecond: leadsPerSecond };
}
