import { setTimeout as delay } from 'node:timers/promises';
import { type ChildProcess, readLogTail } from '@scoreline/infra/local/child-process.ts';
import { countGroupMembers } from '@scoreline/runtime/kafka/group-members.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import type { BenchContext } from '../context.ts';

/** A process that reads lead-created as a group and writes a record for each lead. */
export interface Drainer {
  readonly groupId: string;
  readonly output: string;
  start(): Promise<Pick<ChildProcess, 'pid' | 'logFile' | 'exited' | 'stop'>>;
}

/** A drainer that has been started, watched from outside, by its group. Each wait throws once the process has ended. */
export interface RunningDrainer {
  readonly pid: number;
  /** Its model is in memory then, and nothing is read yet. */
  untilJoined(): Promise<void>;
  /** Until all that is on lead-created is committed. */
  untilDrained(): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 50;
const DEADLINE_MS = 600_000;

/** Starts it on the context's topics; whoever does stops it. */
export async function startDrainer({ env, prefix }: BenchContext, drainer: Drainer): Promise<RunningDrainer> {
  const { groupId } = drainer;
  const kafka = { brokers: [env.KAFKA_BROKERS], clientId: 'bench' };
  const running = await drainer.start();
  const progress = await openGroupProgress(kafka, () => {});
  const throwOnceEnded = watchForEnd(running);
  return {
    pid: running.pid,
    untilJoined: () =>
      until(throwOnceEnded, async () => (await countGroupMembers(kafka, groupId, () => {})) > 0),
    untilDrained: () =>
      until(throwOnceEnded, async () => (await progress.readLag(groupId, `${prefix}lead-created`)) === 0),
    stop: async () => void (await Promise.all([progress.close(), running.stop()])),
  };
}

/** Throws, when called, once the process has ended; its log goes with the bench's folder. */
function watchForEnd({ exited, logFile }: Pick<ChildProcess, 'exited' | 'logFile'>): () => void {
  let end: string | undefined;
  void exited.then((how) => (end = how));
  return () => {
    if (end !== undefined) throw new Error(`the process that should read ${end}\n${readLogTail(logFile)}`);
  };
}

async function until(throwOnceEnded: () => void, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    throwOnceEnded();
    if (performance.now() > deadline)
      throw new Error(`a backlog was not drained within ${DEADLINE_MS / 1_000} s`);
    await delay(POLL_MS);
  }
}
