import { setTimeout as delay } from 'node:timers/promises';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import type { BenchContext } from '../context.ts';
import { type ProcessUse, readProcessUse } from '../process-use.ts';
import { countScores } from './count-scores.ts';
import { produceLeads, runOf } from './produce.ts';
import { type GrowthStack, openRoom } from './room.ts';
import { type Scorers, startScorers } from './scorers.ts';
import type { Shape } from './shape.ts';

/** A backlog of one shape, drained exactly once. */
export interface DrainedShape {
  /** From the first to the last score's Kafka timestamp. */
  readonly leadsPerSecond: number;
  /** CPU of all instances, from the last moment without a commit to the last commit. */
  readonly scorerUs: number;
  /** Of the broker, in the same time: leads read, scores written. */
  readonly brokerUs: number;
  /** Of the broker while the leads were written. */
  readonly brokerWriteUs: number;
  /** Resident memory at its highest, of the largest instance. */
  readonly peakMb: number;
  /** From the first process's start to the first score's Kafka timestamp. */
  readonly firstScoreMs: number;
  readonly leadsPerTransaction: number;
  /** Mean lengths of values. */
  readonly leadBytes: number;
  readonly scoreBytes: number;
}

const POLL_MS = 50;
const DEADLINE_MS = 900_000;

/** Produces the shape's leads, starts its scorers on them and waits until the last is committed. */
export async function drainShape(stack: GrowthStack, shape: Shape): Promise<DrainedShape> {
  const { leads, instances, partitions } = shape;
  const room = await openRoom(stack, shape, runOf(leads, partitions));
  try {
    const { context, encode, written } = room;
    const brokerBefore = await readProcessUse(stack.brokerPid);
    const leadBytes = (await produceLeads(context, encode, leads)) / leads;
    const brokerWrote = (await readProcessUse(stack.brokerPid)).cpuSeconds - brokerBefore.cpuSeconds;
    const scorers = await startScorers(context, written.modelsDir, instances);
    try {
      const used = await watchUntilRead(context, leads, scorers, stack.brokerPid);
      const { transactions } = await scorers.readCounts();
      const topic = `${context.prefix}lead-scores`;
      const counted = await countScores(context.env.KAFKA_BROKERS, topic, leads);
      const microsecondsALead = (seconds: number): number => (seconds / leads) * 1e6;
      return {
        leadsPerSecond: (leads / Math.max(1, counted.lastMs - counted.firstMs)) * 1_000,
        scorerUs: microsecondsALead(used.scorerSeconds),
        brokerUs: microsecondsALead(used.brokerSeconds),
        brokerWriteUs: microsecondsALead(brokerWrote),
        peakMb: used.peakMb,
        firstScoreMs: counted.firstMs - scorers.startedMs,
        leadsPerTransaction: leads / transactions,
        leadBytes,
        scoreBytes: counted.valueBytes / leads,
      };
    } finally {
      await scorers.stop();
    }
  } finally {
    await room.remove();
  }
}

interface UsedInDrain {
  readonly scorerSeconds: number;
  readonly brokerSeconds: number;
  readonly peakMb: number;
}

/** CPU time counts from the last look at which nothing was committed: what a start costs is another figure. */
async function watchUntilRead(
  { env, prefix }: BenchContext,
  leads: number,
  scorers: Scorers,
  brokerPid: number,
): Promise<UsedInDrain> {
  const progress = await openGroupProgress({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  const deadline = Date.now() + DEADLINE_MS;
  let end: string | undefined;
  void scorers.exited.then((how) => (end = how));
  const look = async (): Promise<readonly [ProcessUse, ProcessUse]> =>
    Promise.all([scorers.readUse(), readProcessUse(brokerPid)]);
  try {
    let before = await look();
    for (;;) {
      const lag = await progress.readLag(`${prefix}scorer`, `${prefix}lead-created`);
      if (end !== undefined) throw new Error(`a scorer ${end}`);
      if (Date.now() > deadline) throw new Error(`${lag} leads wait after ${DEADLINE_MS / 60_000} minutes`);
      const now = await look();
      if (lag === 0) return difference(before, now);
      if (lag === leads) before = now;
      await delay(POLL_MS);
    }
  } finally {
    await progress.close();
  }
}

function difference(
  [scorers, broker]: readonly [ProcessUse, ProcessUse],
  [scorersNow, brokerNow]: readonly [ProcessUse, ProcessUse],
): UsedInDrain {
  return {
    scorerSeconds: scorersNow.cpuSeconds - scorers.cpuSeconds,
    brokerSeconds: brokerNow.cpuSeconds - broker.cpuSeconds,
    peakMb: scorersNow.peakMb,
  };
}
