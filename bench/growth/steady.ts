import { setTimeout as delay } from 'node:timers/promises';
import { readProcessUse } from '../process-use.ts';
import { sendSteadily } from '../swap/send-steadily.ts';
import { type GrowthStack, openRoom } from './room.ts';
import { type ScorerCounts, type Scorers, startScorers } from './scorers.ts';
import type { Shape } from './shape.ts';

/** CPU at a steady rate, over some seconds after a warm-up: small transactions, where a backlog has large ones. */
export interface SteadyCost {
  /** Asked for; what came is `leads / seconds`. */
  readonly rate: number;
  readonly seconds: number;
  readonly leads: number;
  readonly transactions: number;
  readonly scorerCpuSeconds: number;
  /** Leads written, leads read, scores written. */
  readonly brokerCpuSeconds: number;
}

const WARM_UP_MS = 3_000;

/** Measures each rate in turn, the same scorer at all of them; 0 is a scorer that has nothing to do. */
export async function measureSteady(
  stack: GrowthStack,
  shape: Shape,
  rates: readonly number[],
  seconds: number,
): Promise<readonly SteadyCost[]> {
  const room = await openRoom(stack, shape, 1);
  try {
    const scorers = await startScorers(room.context, room.written.modelsDir, 1);
    try {
      await scorers.untilReady();
      const leads = room.encode(0, Math.max(...rates));
      const costs: SteadyCost[] = [];
      for (const rate of rates) {
        const done = new AbortController();
        const sending = rate > 0 ? sendSteadily(room.context, leads, rate, done.signal) : undefined;
        await delay(WARM_UP_MS);
        costs.push({ rate, ...(await measureFor(seconds, scorers, stack.brokerPid)) });
        done.abort();
        await sending;
      }
      return costs;
    } finally {
      await scorers.stop();
    }
  } finally {
    await room.remove();
  }
}

async function measureFor(
  seconds: number,
  scorers: Scorers,
  brokerPid: number,
): Promise<Omit<SteadyCost, 'rate'>> {
  const before = await look(scorers, brokerPid);
  await delay(seconds * 1_000);
  const after = await look(scorers, brokerPid);
  return {
    seconds: (after.atMs - before.atMs) / 1_000,
    leads: after.leads - before.leads,
    transactions: after.transactions - before.transactions,
    scorerCpuSeconds: after.scorerCpuSeconds - before.scorerCpuSeconds,
    brokerCpuSeconds: after.brokerCpuSeconds - before.brokerCpuSeconds,
  };
}

interface Look extends ScorerCounts {
  readonly atMs: number;
  readonly scorerCpuSeconds: number;
  readonly brokerCpuSeconds: number;
}

async function look(scorers: Scorers, brokerPid: number): Promise<Look> {
  const counts = await scorers.readCounts();
  const [own, broker] = await Promise.all([scorers.readUse(), readProcessUse(brokerPid)]);
  return {
    ...counts,
    atMs: performance.now(),
    scorerCpuSeconds: own.cpuSeconds,
    brokerCpuSeconds: broker.cpuSeconds,
  };
}
