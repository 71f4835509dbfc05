import { setTimeout as delay } from 'node:timers/promises';
import { type GroupProgress, openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { type ProcessUse, readProcessUse } from '../process-use.ts';
import { countScores } from './count-scores.ts';
import { holdLeads, runOf } from './produce.ts';
import { type GrowthStack, openRoom, type Room } from './room.ts';
import { type Scorers, startScorers } from './scorers.ts';
import type { Shape } from './shape.ts';

/** A backlog of one shape, drained exactly once. */
export interface DrainedShape {
  /** From the moment at which the backlog could be read to the last score's Kafka timestamp. */
  readonly leadsPerSecond: number;
  /** CPU of all instances, from that moment to the last commit. */
  readonly scorerUs: number;
  /** Of the broker, in the same time: leads read, scores written. */
  readonly brokerUs: number;
  /** Of the broker while the leads were written. */
  readonly brokerWriteUs: number;
  /** Resident memory at its highest, of the largest instance. */
  readonly peakMb: number;
  /** From the first process's start to the timestamp of the score of a lead that waited. */
  readonly firstScoreMs: number;
  readonly leadsPerTransaction: number;
  /** Mean lengths of values. */
  readonly leadBytes: number;
  readonly scoreBytes: number;
}

const POLL_MS = 50;
const DEADLINE_MS = 900_000;

/**
 * Starts the shape's scorers on one lead; when all have joined, the others are let go in one moment: their cost has
 * nothing of a start in it, and all instances have all partitions shared out.
 */
export async function drainShape(stack: GrowthStack, shape: Shape): Promise<DrainedShape> {
  const room = await openRoom(stack, shape, runOf(shape.leads, shape.partitions));
  const progress = await openGroupProgress(
    { brokers: [stack.env.KAFKA_BROKERS], clientId: 'bench' },
    () => {},
  );
  try {
    await produceFirst(room);
    const scorers = await startScorers(room.context, room.written.modelsDir, shape.instances);
    try {
      await scorers.untilReady();
      return await drainWith(scorers, { stack, shape, room, progress });
    } finally {
      await scorers.stop();
    }
  } finally {
    await progress.close();
    await room.remove();
  }
}

interface Place {
  readonly stack: GrowthStack;
  readonly shape: Shape;
  readonly room: Room;
  readonly progress: GroupProgress;
}

async function drainWith(scorers: Scorers, { stack, shape, room, progress }: Place): Promise<DrainedShape> {
  const { leads } = shape;
  const { env, prefix } = room.context;
  const look = (): Promise<readonly [ProcessUse, ProcessUse]> =>
    Promise.all([scorers.readUse(), readProcessUse(stack.brokerPid)]);
  await untilRead(1, scorers, { room, progress });
  const [, brokerIdle] = await look();
  const held = await holdLeads(`${prefix}lead-created`, room.lab, {
    encode: room.encode,
    from: 1,
    to: leads,
  });
  const [own, broker] = await look();
  const counts = await scorers.readCounts();
  const releasedMs = Date.now();
  await held.release();
  await untilRead(leads, scorers, { room, progress });
  const [ownAfter, brokerAfter] = await look();
  const { transactions } = await scorers.readCounts();
  const counted = await countScores(env.KAFKA_BROKERS, `${prefix}lead-scores`, leads);
  const microsecondsALead = (before: ProcessUse, after: ProcessUse): number =>
    ((after.cpuSeconds - before.cpuSeconds) / leads) * 1e6;
  return {
    leadsPerSecond: (leads / Math.max(1, counted.lastMs - releasedMs)) * 1_000,
    scorerUs: microsecondsALead(own, ownAfter),
    brokerUs: microsecondsALead(broker, brokerAfter),
    brokerWriteUs: microsecondsALead(brokerIdle, broker),
    peakMb: ownAfter.peakMb,
    firstScoreMs: counted.firstMs - scorers.startedMs,
    leadsPerTransaction: leads / (transactions - counts.transactions),
    leadBytes: held.meanBytes,
    scoreBytes: counted.valueBytes / leads,
  };
}

async function produceFirst({ context: { prefix }, lab, encode }: Room): Promise<void> {
  for (const { partition, ...record } of encode(0, 1))
    await lab.produce(`${prefix}lead-created`, partition, [record]);
}

/** By the group's offsets: a lag would count markers, and end where the held leads can't be seen yet. */
async function untilRead(
  leads: number,
  scorers: Scorers,
  { room, progress }: Pick<Place, 'room' | 'progress'>,
): Promise<void> {
  const { prefix } = room.context;
  const deadline = Date.now() + DEADLINE_MS;
  let end: string | undefined;
  void scorers.exited.then((how) => (end = how));
  for (;;) {
    const committed = await progress.readCommitted(`${prefix}scorer`, `${prefix}lead-created`);
    const read = committed.values().reduce((sum, offset) => sum + offset, 0);
    if (read >= leads) return;
    if (end !== undefined) throw new Error(`a scorer ${end}`);
    if (Date.now() > deadline)
      throw new Error(`${read} of ${leads} leads are read after ${DEADLINE_MS / 60_000} minutes`);
    await delay(POLL_MS);
  }
}
