import { setTimeout as delay } from 'node:timers/promises';
import { BROKER_FAULTS } from './faults/broker-faults.ts';
import { CLICKHOUSE_FAULTS } from './faults/clickhouse-faults.ts';
import { CLOCK_FAULTS } from './faults/clock-faults.ts';
import { DRIFT_FAULTS } from './faults/drift-faults.ts';
import { type Fault, NotHere } from './faults/fault.ts';
import { LOST_TOPIC_FAULTS } from './faults/lost-topic-faults.ts';
import { MODEL_FAULTS } from './faults/model-faults.ts';
import { NETWORK_FAULTS } from './faults/network-faults.ts';
import { PROCESS_FAULTS } from './faults/process-faults.ts';
import { REGISTRY_FAULTS } from './faults/registry-faults.ts';
import { TOPIC_FAULTS } from './faults/topic-faults.ts';
import { untilAnswered, untilStored } from './progress.ts';
import type { World } from './world.ts';

/** What a fault is of; each kind has a bound for its recovery. */
export type FaultKind = keyof typeof BOUNDS;

/** A fault that has a kind. */
export interface KnownFault extends Fault {
  readonly kind: FaultKind;
}

/**
 * By when each lead that had come by the healing is answered (`answeredMs`), and by when these answers stand in
 * ClickHouse from then on (`storedMs`). Twice what has been measured on two busy cores.
 */
export const BOUNDS = {
  process: { answeredMs: 45_000, storedMs: 30_000 },
  broker: { answeredMs: 45_000, storedMs: 45_000 },
  registry: { answeredMs: 45_000, storedMs: 30_000 },
  model: { answeredMs: 45_000, storedMs: 45_000 },
  topic: { answeredMs: 45_000, storedMs: 45_000 },
  clock: { answeredMs: 45_000, storedMs: 45_000 },
  drift: { answeredMs: 15_000, storedMs: 60_000 },
  clickhouse: { answeredMs: 15_000, storedMs: 60_000 },
} as const;

/** Everything that can go wrong here. */
export const FAULTS: readonly KnownFault[] = [
  ...ofKind('process', PROCESS_FAULTS),
  ...ofKind('broker', [...BROKER_FAULTS, ...NETWORK_FAULTS]),
  ...ofKind('registry', REGISTRY_FAULTS),
  ...ofKind('model', MODEL_FAULTS),
  ...ofKind('topic', [...TOPIC_FAULTS, ...LOST_TOPIC_FAULTS]),
  ...ofKind('clock', CLOCK_FAULTS),
  ...ofKind('drift', DRIFT_FAULTS),
  ...ofKind('clickhouse', CLICKHOUSE_FAULTS),
];

/** One fault, and how long it took until the stream was past it. */
export interface Inflicted {
  readonly fault: string;
  readonly kind: FaultKind;
  readonly inflictedMs: number;
  /** From the healing on until every lead that had come by then was answered; null: not within the limit, a hang. */
  readonly answeredMs: number | null;
  /** From then on until all answers of then stood in ClickHouse; null: a hang. */
  readonly storedMs: number | null;
  /** Why the fault itself couldn't be made. */
  readonly problem: string | undefined;
  /** What this machine lacks to make it. */
  readonly skipped: string | undefined;
}

/** A stream that has not caught up by then hangs. */
export const HANG_MS = 90_000;
/** Calm between faults: the next one meets a stream at work. */
const CALM_MS = 500;

function ofKind(kind: FaultKind, faults: readonly Fault[]): KnownFault[] {
  return faults.map((fault) => ({ ...fault, kind }));
}

/** All faults once, in an order of chance, then again: none waits for its turn for long. */
export function* dealFaults<F>(faults: readonly F[], random: () => number): Generator<F, never> {
  if (faults.length === 0) throw new RangeError('there is no such fault');
  for (;;) {
    const deck = faults.map((fault) => ({ fault, at: random() })).sort((a, b) => a.at - b.at);
    for (const { fault } of deck) yield fault;
  }
}

/** Inflicts a fault, and waits until the stream has answered and stored all that there was when it was healed. */
export async function inflict(fault: KnownFault, world: World, random: () => number): Promise<Inflicted> {
  const begunAt = performance.now();
  let problem: string | undefined;
  let skipped: string | undefined;
  await fault.inflict(world, random).catch((error: unknown) => {
    const told = error instanceof Error ? error.message : String(error);
    if (error instanceof NotHere) skipped = told;
    else problem = told;
  });
  const healedAt = performance.now();
  const answeredMs = await timed(() => untilAnswered(world.env, HANG_MS));
  const storedMs = await timed(() => untilStored(world.env, HANG_MS));
  await delay(CALM_MS);
  const inflictedMs = Math.round(healedAt - begunAt);
  return { fault: fault.name, kind: fault.kind, inflictedMs, answeredMs, storedMs, problem, skipped };
}

/** How long it took until it was so; null: it wasn't. */
async function timed(isSo: () => Promise<boolean>): Promise<number | null> {
  const begunAt = performance.now();
  return (await isSo()) ? Math.round(performance.now() - begunAt) : null;
}
