import type { World } from '../world.ts';

/** What goes wrong, and the healing of it. */
export interface Fault {
  readonly name: string;
  /** Only the one drift that closes windows can come by it, whichever that is. */
  readonly ofOwner?: boolean;
  /** Resolves once all is healed: from then on recovery is measured. */
  inflict(world: World, random: () => number): Promise<void>;
}

/** One of these. */
export function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Between these, milliseconds. */
export function between(fromMs: number, toMs: number, random: () => number): number {
  return fromMs + random() * (toMs - fromMs);
}

/** This machine lacks what the fault takes; nothing has been done, and it counts as left out. */
export class NotHere extends Error {}
