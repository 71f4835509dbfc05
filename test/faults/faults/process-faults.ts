import { setTimeout as delay } from 'node:timers/promises';
import type { CrashPoint } from '@scoreline/runtime/kafka/testing/crash-points.ts';
import type { Member } from '../crew/crew.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';

/** Past the session time-out of ten seconds: the group has given the partitions away. */
const ZOMBIE_MS = 14_000;
/** With a lead every few milliseconds each point is passed at once; a rebalance has to be made. */
const CRASH_WITHIN_MS = 15_000;
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
    inflict: (world, random) => crashAt(pick(world.scorers, random), point),
  })),
  {
    name: 'shadow ends before commit',
    inflict: (world, random) => crashAt(pick(world.shadows, random), 'before-commit'),
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
    name: 'scorer with a small heap',
    async inflict({ spare }, random) {
      await spare.start({}, ['--max-old-space-size=40']);
      await delay(between(4_000, 8_000, random));
      await spare.kill();
    },
  },
];

async function killOne(member: Member, random: () => number): Promise<void> {
  await member.kill();
  await delay(random() * LONGEST_ABSENCE_MS);
  await member.start();
}

async function crashAt(member: Member, point: CrashPoint): Promise<void> {
  const hasCrashed = await member.crashAt(point, CRASH_WITHIN_MS);
  await member.start();
  if (!hasCrashed)
    throw new Error(`${member.name} did not pass ${point} within ${CRASH_WITHIN_MS / 1_000} s`);
}

async function crashInRebalance({ scorers, spare }: World, random: () => number): Promise<void> {
  const member = pick(scorers, random);
  const crashing = member.crashAt('in-rebalance', CRASH_WITHIN_MS);
  await spare.start();
  const hasCrashed = await crashing;
  await member.start();
  await spare.stop();
  if (!hasCrashed) throw new Error(`${member.name} saw no rebalance`);
}

async function suspend(member: Member, forMs: number): Promise<void> {
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
