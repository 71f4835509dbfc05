import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '../crew/crew.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';

/** Past the hour by which brokers let a record's time be ahead unless a topic says otherwise. */
const JUMP_MS = 7_200_000;

/** The wall clock of one process is set and set back: whatever waits for a time must count it by another clock. */
export const CLOCK_FAULTS: readonly Fault[] = [
  ...shifted('scorer', ({ scorers }) => scorers),
  ...shifted('shadow', ({ shadows }) => shadows),
  ...shifted('drift', ({ drifts }) => drifts),
];

function shifted(role: string, members: (world: World) => readonly Member[]): Fault[] {
  return [
    { where: 'two hours ahead', byMs: JUMP_MS },
    { where: 'two hours behind', byMs: -JUMP_MS },
  ].map(({ where, byMs }) => ({
    name: `clock of a ${role} ${where}, and back`,
    async inflict(world, random) {
      const member = pick(members(world), random);
      member.shiftClock(byMs);
      await delay(between(2_000, 4_000, random));
      member.shiftClock(0);
    },
  }));
}
