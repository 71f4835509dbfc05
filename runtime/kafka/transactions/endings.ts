import type { TransactionOutcome } from './transaction-outcome.ts';

/** Partitions by topic, and whether a group's offsets are committed with them. */
export interface Reach {
  readonly partitions: ReadonlyMap<string, readonly number[]>;
  readonly hasOffsets: boolean;
}

/** What is to be said, and where. */
export interface Ending extends Reach {
  readonly outcome: TransactionOutcome;
}

/** How the last transaction ended; an aborted one with the partitions that had joined it. */
export type LastEnding =
  | { readonly outcome: 'commit' }
  | { readonly outcome: 'abort'; readonly partitions: ReadonlyMap<string, readonly number[]> };

const OFFSETS_TOPIC = '__consumer_offsets';

/**
 * What is to be said in the partitions that an id's transactions reach. Where the last one was committed, a commit: what
 * is open anywhere is its own, or of one before it, which was committed, or there would have been no other. Where it was
 * aborted, an abort in the partitions that it had reached, and a commit in the others, for the same reason.
 */
export function endingsOf(last: LastEnding | undefined, reach: Reach): readonly Ending[] {
  if (last === undefined) return [];
  if (last.outcome === 'commit') return isSomewhere(reach) ? [{ outcome: 'commit', ...reach }] : [];
  const isIn = (topic: string, partition: number): boolean =>
    last.partitions.get(topic)?.includes(partition) === true;
  const hasOffsets = last.partitions.has(OFFSETS_TOPIC);
  const abort = { partitions: pick(reach, isIn), hasOffsets: reach.hasOffsets && hasOffsets };
  const commit = {
    partitions: pick(reach, (topic, partition) => !isIn(topic, partition)),
    hasOffsets: reach.hasOffsets && !hasOffsets,
  };
  return [
    { outcome: 'abort' as const, ...abort },
    { outcome: 'commit' as const, ...commit },
  ].filter(isSomewhere);
}

function pick(
  { partitions }: Reach,
  is: (topic: string, partition: number) => boolean,
): ReadonlyMap<string, readonly number[]> {
  const picked = Array.from(
    partitions,
    ([topic, ids]) => [topic, ids.filter((id) => is(topic, id))] as const,
  );
  return new Map(picked.filter(([, ids]) => ids.length > 0));
}

function isSomewhere({ partitions, hasOffsets }: Reach): boolean {
  return hasOffsets || [...partitions.values()].some((ids) => ids.length > 0);
}
