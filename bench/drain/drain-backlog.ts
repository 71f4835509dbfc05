import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from '@scoreline/infra/local/child-process.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import type { BenchContext } from '../context.ts';
import { readProcessUse } from '../process-use.ts';
import { tallyAndForget } from './tally.ts';

/** A process that reads lead-created as a group and writes a record for each lead. */
export interface Drainer {
  readonly groupId: string;
  readonly output: string;
  start(): Promise<Pick<ChildProcess, 'pid' | 'exited' | 'stop'>>;
}

/** How fast a backlog was drained. */
export interface Drained {
  readonly records: number;
  /** Mean size of an output record's value, bytes. */
  readonly valueBytes: number;
  /** From the first to the last output record's Kafka timestamp. */
  readonly perSecond: number;
  /** From the process's start to the last commit. */
  readonly secondsWithStart: number;
  /** Seconds of CPU for 100,000 leads, start-up apart: from the first commit that was seen to the last. */
  readonly cpuSeconds: number;
  /** The broker's, in the same time; absent where the broker isn't the bench's own. */
  readonly brokerCpuSeconds?: number;
}

const POLL_MS = 50;
const DEADLINE_MS = 600_000;
/** Leads that CPU is told for. */
export const COST_PER = 100_000;

/** Lets a process drain lead-created, counts what it wrote, and puts all back as it was before. */
export async function drainBacklog(
  { env, prefix }: BenchContext,
  brokerPid: number | undefined,
  drainer: Drainer,
): Promise<Drained> {
  const begun = performance.now();
  const running = await drainer.start();
  const progress = await openGroupProgress({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  const readLag = (): Promise<number> => progress.readLag(drainer.groupId, `${prefix}lead-created`);
  try {
    const cost = await watchCost(readLag, running, brokerPid);
    const secondsWithStart = (performance.now() - begun) / 1_000;
    await running.stop();
    const tally = await tallyAndForget(env.KAFKA_BROKERS, drainer.output, drainer.groupId);
    return {
      records: tally.records,
      valueBytes: tally.valueBytes / tally.records,
      perSecond: (tally.records / Math.max(1, tally.lastMs - tally.firstMs)) * 1_000,
      secondsWithStart,
      ...cost,
    };
  } finally {
    await Promise.all([progress.close(), running.stop()]);
  }
}

/** Waits until nothing lags, or throws when the process ends first. */
async function watchCost(
  readLag: () => Promise<number>,
  running: Pick<ChildProcess, 'pid' | 'exited'>,
  brokerPid: number | undefined,
): Promise<Pick<Drained, 'cpuSeconds' | 'brokerCpuSeconds'>> {
  const deadline = performance.now() + DEADLINE_MS;
  let end: string | undefined;
  void running.exited.then((how) => (end = how));
  const backlog = await readLag();
  let first: Cost | undefined;
  while (true) {
    const now = { ...(await readCost(running.pid, brokerPid)), lag: await readLag() };
    if (now.lag < backlog) first ??= now;
    if (first !== undefined && now.lag === 0) return costBetween(first, now);
    if (end !== undefined) throw new Error(`the process that should read ${end}`);
    if (performance.now() > deadline) throw new Error(`${now.lag} leads wait after ${DEADLINE_MS / 1_000} s`);
    await delay(POLL_MS);
  }
}

interface Cost {
  readonly lag: number;
  readonly cpuSeconds: number;
  readonly brokerCpuSeconds: number;
}

async function readCost(pid: number, brokerPid: number | undefined): Promise<Omit<Cost, 'lag'>> {
  const { cpuSeconds } = await readProcessUse(pid);
  return {
    cpuSeconds,
    brokerCpuSeconds: brokerPid === undefined ? NaN : (await readProcessUse(brokerPid)).cpuSeconds,
  };
}

function costBetween(first: Cost, last: Cost): Pick<Drained, 'cpuSeconds' | 'brokerCpuSeconds'> {
  const leads = Math.max(1, first.lag - last.lag);
  const brokerCpuSeconds = ((last.brokerCpuSeconds - first.brokerCpuSeconds) / leads) * COST_PER;
  return {
    cpuSeconds: ((last.cpuSeconds - first.cpuSeconds) / leads) * COST_PER,
    ...(Number.isNaN(brokerCpuSeconds) ? {} : { brokerCpuSeconds }),
  };
}
