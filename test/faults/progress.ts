import { setTimeout as delay } from 'node:timers/promises';
import { type GroupProgress, openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import type { World } from './world.ts';

type Location = Pick<World['env'], 'KAFKA_BROKERS' | 'TOPIC_PREFIX'>;

/** A group and a topic that it reads, without the prefix. */
type Reading = readonly [group: string, topic: string];

const POLL_MS = 100;
const ANSWERS: readonly Reading[] = [
  ['scorer', 'lead-created'],
  ['shadow.bank-leads@1.1.0', 'lead-created'],
];
const ROWS: readonly Reading[] = [
  ['drift', 'lead-scores'],
  ['drift', 'lead-shadow-scores'],
];

/** Whether production and shadow came past the ends that lead-created had at first, within the limit. */
export function untilAnswered(env: Location, limitMs: number): Promise<boolean> {
  return untilRead(env, ANSWERS, limitMs);
}

/** Whether drift came past the ends that the scores had at first: their rows are in ClickHouse. While leads come. */
export function untilStored(env: Location, limitMs: number): Promise<boolean> {
  return untilRead(env, ROWS, limitMs);
}

async function untilRead(env: Location, readings: readonly Reading[], limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  let wanted: readonly ReadonlyMap<number, number>[] | undefined;
  while (performance.now() < deadline) {
    try {
      const { ends, committed } = await readPositions(env, readings);
      wanted ??= ends;
      const hasRead = wanted.every((of, i) =>
        [...of].every(([partition, end]) => (committed[i]?.get(partition) ?? 0) >= end),
      );
      if (hasRead) return true;
    } catch {
      // Brokers that are not back yet: that is what is waited for.
    }
    await delay(POLL_MS);
  }
  return false;
}

async function readPositions({ KAFKA_BROKERS, TOPIC_PREFIX }: Location, readings: readonly Reading[]) {
  const settings = { brokers: KAFKA_BROKERS.split(','), clientId: 'faults' };
  const progress = await openGroupProgress(settings, () => {});
  const readAll = (
    read: (progress: GroupProgress, reading: Reading) => Promise<ReadonlyMap<number, number>>,
  ) => Promise.all(readings.map((reading) => read(progress, reading)));
  try {
    const ends = await readAll((of, [, topic]) => of.readEnds(TOPIC_PREFIX + topic));
    const committed = await readAll((of, [group, topic]) =>
      of.readCommitted(TOPIC_PREFIX + group, TOPIC_PREFIX + topic),
    );
    return { ends, committed };
  } finally {
    await progress.close();
  }
}
