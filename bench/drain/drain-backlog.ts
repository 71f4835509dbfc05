import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from '@scoreline/infra/local/child-process.ts';
import { countGroupMembers } from '@scoreline/runtime/kafka/group-members.ts';
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
  /** Seconds of CPU for 100,000 leads, start-up apart: from the process's joining its group to the last commit. */
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
  const kafka = { brokers: [env.KAFKA_BROKERS], clientId: 'bench' };
  const begun = performance.now();
  const running = await drainer.start();
  const progress = await openGroupProgress(kafka, () => {});
  try {
    const alive = watchForEnd(running.exited);
    // Its model is in memory then, and nothing is read yet.
    await until(alive, async () => (await countGroupMembers(kafka, drainer.groupId, () => {})) > 0);
    const before = await readCosts(running.pid, brokerPid);
    await until(alive, async () => (await progress.readLag(drainer.groupId, `${prefix}lead-created`)) === 0);
    const after = await readCosts(running.pid, brokerPid);
    const secondsWithStart = (performance.now() - begun) / 1_000;
    await running.stop();
    const { records, ...tally } = await tallyAndForget(env.KAFKA_BROKERS, drainer.output, drainer.groupId);
    return {
      records,
      valueBytes: tally.valueBytes / records,
      perSecond: (records / Math.max(1, tally.lastMs - tally.firstMs)) * 1_000,
      secondsWithStart,
      cpuSeconds: ((after.own - before.own) / records) * COST_PER,
      ...(after.broker === undefined || before.broker === undefined
        ? {}
        : { brokerCpuSeconds: ((after.broker - before.broker) / records) * COST_PER }),
    };
  } finally {
    await Promise.all([progress.close(), running.stop()]);
  }
}

/** Throws, when called, once the process has ended. */
function watchForEnd(exited: Promise<string>): () => void {
  let end: string | undefined;
  void exited.then((how) => (end = how));
  return () => {
    if (end !== undefined) throw new Error(`the process that should read ${end}`);
  };
}

async function until(alive: () => void, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    alive();
    if (performance.now() > deadline)
      throw new Error(`a backlog was not drained within ${DEADLINE_MS / 1_000} s`);
    await delay(POLL_MS);
  }
}

/** Seconds of CPU until now. */
async function readCosts(
  pid: number,
  brokerPid: number | undefined,
): Promise<{ readonly own: number; readonly broker: number | undefined }> {
  const { cpuSeconds: own } = await readProcessUse(pid);
  return { own, broker: brokerPid === undefined ? brokerPid : (await readProcessUse(brokerPid)).cpuSeconds };
}
