import { setTimeout as delay } from 'node:timers/promises';
import type { CrashPoint } from '@scoreline/runtime/testing/crash-point.ts';
import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import type { Member } from '../crew/crew.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';
import { lowerLimit } from './process-limits.ts';

/** Past the session time-out of ten seconds: the group has given the partitions away. */
export const ZOMBIE_MS = 14_000;
/** With a lead every few milliseconds each point is passed at once; a rebalance has to be made. */
const CRASH_WITHIN_MS = 15_000;
/** A signal has arrived by then. */
const DISARMED_AFTER_MS = 200;
const STALLS = 5;
const LONGEST_ABSENCE_MS = 2_000;

const POINTS: readonly CrashPoint[] = [
  'after-read',
  'after-send',
  'before-commit',
  'during-commit',
  'after-commit',
];

/** Processes that end, stand still, come and go. */
export const PROCESS_FAULTS: readonly Fault[] = [
  { name: 'scorer killed', inflict: (world, random) => killOne(pick(world.scorers, random), random) },
  { name: 'shadow killed', inflict: (world, random) => killOne(pick(world.shadows, random), random) },
  {
    name: 'both scorers killed at once',
    async inflict({ scorers }, random) {
      await Promise.all(scorers.map((member) => killOne(member, random)));
    },
  },
  ...POINTS.map((point): Fault => ({
    name: `scorer ends ${point.replace('-', ' ')}`,
    inflict: (world, random) => crashAt([pick(world.scorers, random)], point),
  })),
  {
    name: 'shadow ends before commit',
    inflict: (world, random) => crashAt([pick(world.shadows, random)], 'before-commit'),
  },
  { name: 'scorer ends in a rebalance', inflict: crashInRebalance },
  {
    name: 'scorer stands still past its session, and wakes up',
    inflict: (world, random) => suspend(pick(world.scorers, random), ZOMBIE_MS),
  },
  {
    name: 'shadow stands still past its session, and wakes up',
    inflict: (world, random) => suspend(pick(world.shadows, random), ZOMBIE_MS),
  },
  {
    name: 'scorer stands still for a moment',
    inflict: (world, random) => suspend(pick(world.scorers, random), between(500, 4_000, random)),
  },
  {
    name: 'a third scorer comes and leaves',
    async inflict({ spare }, random) {
      await spare.start();
      await spare.untilReady();
      await delay(between(500, 2_000, random));
      await spare.stop();
    },
  },
  {
    name: 'a third scorer comes and is killed at once',
    async inflict({ spare }, random) {
      await spare.start();
      await delay(between(0, 4_000, random));
      await spare.kill();
    },
  },
  { name: 'rolling restart', inflict: ({ scorers, shadows }) => restartInTurn([...scorers, ...shadows]) },
  {
    name: 'scorer stalls again and again',
    inflict: (world, random) => stall(pick(world.scorers, random), random),
  },
  {
    name: 'shadow stalls again and again',
    inflict: (world, random) => stall(pick(world.shadows, random), random),
  },
  { name: 'scorer without file descriptors', inflict: starve },
  { name: 'scores read slowly, and not at all', inflict: readSlowly },
  {
    name: 'scorer with a small heap',
    async inflict({ spare }, random) {
      await spare.start({}, ['--max-old-space-size=40']);
      spare.allowEnd();
      await delay(between(4_000, 8_000, random));
      await spare.kill();
    },
  },
];

export async function killOne(member: Member, random: () => number): Promise<void> {
  await member.kill();
  await delay(random() * LONGEST_ABSENCE_MS);
  await member.start();
}

/** Ends whichever of these passes the point first, and starts it again; those as well that pass it just then. */
export async function crashAt(members: readonly Member[], point: CrashPoint): Promise<void> {
  for (const member of members) member.arm(point);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const watched = members.map(async (member) => {
    if (await member.hasEnded(CRASH_WITHIN_MS)) resolve(true);
  });
  void Promise.all(watched).then(() => resolve(false));
  const hasCrashed = await promise;
  for (const member of members) member.arm('nowhere');
  await delay(DISARMED_AFTER_MS);
  for (const member of members) if (await member.hasEnded(0)) await member.start();
  if (!hasCrashed) throw new Error(`nobody passed ${point} within ${CRASH_WITHIN_MS / 1_000} s`);
}

async function crashInRebalance({ scorers, spare }: World, random: () => number): Promise<void> {
  const crashing = crashAt([pick(scorers, random)], 'in-rebalance');
  await spare.start();
  try {
    await crashing;
  } finally {
    await spare.stop();
  }
}

/** As collections of garbage do: it stands still for less than a heartbeat may be late, again and again. */
async function stall(member: Member, random: () => number): Promise<void> {
  for (let i = 0; i < STALLS; i += 1) {
    await suspend(member, between(200, 1_500, random));
    await delay(between(50, 500, random));
  }
}

/** No socket and no file can be opened, while its connections are cut. */
async function starve({ scorers, cluster }: World, random: () => number): Promise<void> {
  const member = pick(scorers, random);
  const pid = member.pid();
  if (pid === undefined) throw new Error('the scorer does not run');
  await whileMayEnd(member, async () => {
    const restore = await lowerLimit(pid, 'nofile', 10);
    for (const { proxy } of cluster.brokers) proxy.poison({ kind: 'cut' });
    for (const { proxy } of cluster.brokers) proxy.poison(undefined);
    await delay(between(2_000, 5_000, random));
    if (member.pid() === pid) await restore();
  });
}

/** A process that ends by itself meanwhile may, and is started again, as whatever keeps services running does. */
export async function whileMayEnd(member: Member, inflict: () => Promise<void>): Promise<void> {
  const takeBack = member.allowEnd();
  try {
    await inflict();
  } finally {
    takeBack();
    if (member.pid() === undefined) await member.start();
  }
}

/** A group of somebody else's that takes its time: whoever writes scores doesn't know. */
async function readSlowly({ env }: World, random: () => number): Promise<void> {
  const quiet = (): void => {};
  const reader = createBatchReader({
    kafka: { brokers: env.KAFKA_BROKERS.split(','), clientId: 'crm' },
    groupId: 'crm',
    topics: [`${env.TOPIC_PREFIX}lead-scores`],
    onBatch: () => delay(between(1_000, 3_000, random)),
    events: { joined: quiet, batchFailed: quiet, consumerCrashed: quiet, clientLog: quiet },
  });
  await reader.start(quiet);
  await delay(between(2_000, 4_000, random));
  await reader.stop();
}

/** Stands still: as a long collection of garbage does, or a machine that is overbooked. */
export async function suspend(member: Member, forMs: number): Promise<void> {
  member.signal('SIGSTOP');
  await delay(forMs);
  member.signal('SIGCONT');
}

async function restartInTurn(members: readonly Member[]): Promise<void> {
  for (const member of members) {
    await member.stop();
    await member.start();
    await member.untilReady();
  }
}
