import type { Admin } from 'kafkajs';
import type { StartPosition } from './types.ts';

/** What is asked of the brokers. */
export type OffsetAdmin = Pick<Admin, 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'>;

/** Where a partition's new owner begins, and what the log still holds. */
export interface Position {
  readonly next: number;
  /** Set when the log begins after the committed offset: retention was faster than the group. */
  readonly expiredFrom?: number;
}

/**
 * Checks the group's committed offset against the log: none begins at `start`; one before the log's start begins there, with the gap reported; one
 * past the end of a log that is whole belongs to a topic that was deleted and made anew, which begins at its start.
 * Past the end of one whose first records are gone already, the log was more likely cut short: that throws, for a
 * person to decide, or all that is left would be scored again.
 */
export async function readPosition(
  admin: OffsetAdmin,
  at: {
    readonly groupId: string;
    readonly topic: string;
    readonly partition: number;
    readonly start: StartPosition;
    /** Negative where there is none. */
    readonly committed: number;
  },
): Promise<Position> {
  const { committed } = at;
  const { low, high } = await logBounds(admin, at);
  if (committed < 0) return { next: await startOffset(admin, at, low) };
  if (committed > high && low > 0) throw new Error(describeCutLog(at, committed, high));
  if (committed > high) return { next: low };
  if (committed < low) return { next: low, expiredFrom: committed };
  return { next: committed };
}

function describeCutLog(
  { groupId, topic, partition }: { groupId: string; topic: string; partition: number },
  committed: number,
  high: number,
): string {
  return (
    `the group ${groupId} has committed ${committed} of ${topic}/${partition}, whose log ends at ${high}: ` +
    'it was cut short, or the topic was made anew; set the offset of the stopped group to where it shall go on'
  );
}

/** The first offset that retention has left. */
export async function readLogStart(admin: OffsetAdmin, topic: string, partition: number): Promise<number> {
  return (await logBounds(admin, { topic, partition })).low;
}

async function logBounds(
  admin: OffsetAdmin,
  { topic, partition }: { topic: string; partition: number },
): Promise<{ low: number; high: number }> {
  const found = (await admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition);
  if (found === undefined) throw new Error(`topic ${topic} has no partition ${partition}: was it deleted?`);
  return { low: Number(found.low), high: Number(found.high) };
}

async function startOffset(
  admin: OffsetAdmin,
  { topic, partition, start }: { topic: string; partition: number; start: StartPosition },
  low: number,
): Promise<number> {
  if (start === 'earliest') return low;
  if ('offsets' in start) return Math.max(low, start.offsets.get(partition) ?? low);
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, start.timestampMs);
  return Number(offsets.find((each) => each.partition === partition)?.offset ?? low);
}
