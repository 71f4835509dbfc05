import { setTimeout as delay } from 'node:timers/promises';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { BROKER_FAULTS } from './faults/broker-faults.ts';
import type { Fault } from './faults/fault.ts';
import { PROCESS_FAULTS } from './faults/process-faults.ts';
import { REGISTRY_FAULTS } from './faults/registry-faults.ts';
import { TOPIC_FAULTS } from './faults/topic-faults.ts';
import type { World } from './world.ts';

/** Everything that can go wrong here. */
export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...BROKER_FAULTS,
  ...REGISTRY_FAULTS,
  ...TOPIC_FAULTS,
];

/** One fault, and how long it took until every lead that had come by its healing was answered. */
export interface Inflicted {
  readonly fault: string;
  readonly inflictedMs: number;
  /** From the healing on; null: not within the limit, which is a hang. */
  readonly recoveryMs: number | null;
  /** Why the fault itself couldn't be made. */
  readonly problem: string | undefined;
}

/** A stream that has not caught up by then hangs. */
export const RECOVERY_LIMIT_MS = 90_000;
const POLL_MS = 100;
/** Calm between faults: the next one meets a stream at work. */
const CALM_MS = 500;

/** All faults once, in an order of chance, then again: none waits for its turn for long. */
export function* dealFaults(faults: readonly Fault[], random: () => number): Generator<Fault, never> {
  if (faults.length === 0) throw new RangeError('there is no such fault');
  for (;;) {
    const deck = faults.map((fault) => ({ fault, at: random() })).sort((a, b) => a.at - b.at);
    for (const { fault } of deck) yield fault;
  }
}

/** Inflicts a fault, and waits until production and shadow have read all that there was when it was healed. */
export async function inflict(fault: Fault, world: World, random: () => number): Promise<Inflicted> {
  const begunAt = performance.now();
  let problem: string | undefined;
  await fault.inflict(world, random).catch((error: unknown) => {
    problem = error instanceof Error ? error.message : String(error);
  });
  const healedAt = performance.now();
  const hasRecovered = await untilCaughtUp(world);
  const recoveryMs = hasRecovered ? Math.round(performance.now() - healedAt) : null;
  await delay(CALM_MS);
  return { fault: fault.name, inflictedMs: Math.round(healedAt - begunAt), recoveryMs, problem };
}

/** Whether both groups came past the ends that lead-created had at first, within the limit. */
export async function untilCaughtUp({ env }: World): Promise<boolean> {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  let ends: ReadonlyMap<number, number> | undefined;
  while (performance.now() < deadline) {
    try {
      const positions = await readPositions(env);
      ends ??= positions.ends;
      if (
        [...ends].every(([partition, end]) => positions.groups.every((at) => (at.get(partition) ?? 0) >= end))
      )
        return true;
    } catch {
      // Brokers that are not back yet: that is what is waited for.
    }
    await delay(POLL_MS);
  }
  return false;
}

async function readPositions({ KAFKA_BROKERS, TOPIC_PREFIX }: World['env']) {
  const settings = { brokers: KAFKA_BROKERS.split(','), clientId: 'faults' };
  const progress = await openGroupProgress(settings, () => {});
  try {
    const topic = `${TOPIC_PREFIX}lead-created`;
    const groups = [`${TOPIC_PREFIX}scorer`, `${TOPIC_PREFIX}shadow.bank-leads@1.1.0`];
    const [ends, ...committed] = await Promise.all([
      progress.readEnds(topic),
      ...groups.map((group) => progress.readCommitted(group, topic)),
    ]);
    return { ends, groups: committed };
  } finally {
    await progress.close();
  }
}
