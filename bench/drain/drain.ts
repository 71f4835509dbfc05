import { setTimeout as delay } from 'node:timers/promises';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { readCommitted } from '@scoreline/test/judge/read-committed.ts';
import type { BenchContext } from '../context.ts';

export interface Drained {
  readonly records: number;
  /** From the first to the last output record's Kafka timestamp. */
  readonly perSecond: number;
  /** From the process's start to the last commit. */
  readonly secondsWithStart: number;
}

const POLL_MS = 50;
const DEADLINE_MS = 300_000;

/** Starts a scorer on a backlog and waits until its group has committed the last lead. */
export async function drainWithScorer(context: BenchContext, cpuProfile?: string): Promise<Drained> {
  const [port = 0] = await findFreePorts(1);
  const begun = performance.now();
  const scorer = await startService('scorer', {
    env: { ...context.env, MODEL: context.model, LOG_LEVEL: 'warn' },
    port,
    logFolder: context.logFolder,
    nodeArgs: cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`],
  });
  await waitUntilRead(context, `${context.prefix}scorer`, scorer.exited);
  const secondsWithStart = (performance.now() - begun) / 1_000;
  await scorer.stop();
  return { ...(await measureTopic(context, `${context.prefix}lead-scores`)), secondsWithStart };
}

/** Waits until a group has committed a topic's end. Throws when the process that reads ends first. */
export async function waitUntilRead(
  context: BenchContext,
  groupId: string,
  exited: Promise<string>,
): Promise<void> {
  const progress = await openGroupProgress(
    { brokers: [context.env.KAFKA_BROKERS], clientId: 'bench' },
    () => {},
  );
  const deadline = Date.now() + DEADLINE_MS;
  let end: string | undefined;
  void exited.then((how) => (end = how));
  try {
    while ((await progress.readLag(groupId, `${context.prefix}lead-created`)) > 0) {
      if (end !== undefined) throw new Error(`the process that should read ${end}`);
      if (Date.now() > deadline)
        throw new Error(`${groupId} has not read all within ${DEADLINE_MS / 1000} s`);
      await delay(POLL_MS);
    }
  } finally {
    await progress.close();
  }
}

/** Records of an output topic and how fast they came, by the brokers' own view. */
export async function measureTopic(
  context: BenchContext,
  topic: string,
): Promise<Omit<Drained, 'secondsWithStart'>> {
  let [records, first, last] = [0, Infinity, -Infinity];
  await readCommitted(context.env.KAFKA_BROKERS, [topic], ({ timestamp }) => {
    records += 1;
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
  });
  return { records, perSecond: (records / Math.max(1, last - first)) * 1_000 };
}
