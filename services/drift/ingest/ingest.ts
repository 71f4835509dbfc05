import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { StreamName } from '../streams.ts';
import type { Poison } from './decode.ts';
import { createRowBuffer } from './row-buffer.ts';
import type { Part } from './part.ts';
import type { Store } from './store.ts';
import { toPart, type ToPartDeps } from './to-part.ts';

export interface IngestDeps extends ToPartDeps {
  /** Which stream a topic is. */
  readonly streamOf: (topic: string) => StreamName;
  readonly store: Store;
  readonly events: IngestEvents;
}

export interface IngestEvents {
  batchRead(fact: BatchRead): void;
}

export interface BatchRead {
  readonly stream: StreamName;
  readonly batch: PartitionBatch;
  readonly poison: readonly Poison[];
  readonly ahead: number;
}

/** ClickHouse wants inserts of 1,000 rows or more, or a second apart. */
const MIN_ROWS = 1_000;
const MAX_WAIT_MS = 1_000;
const MAX_ROWS = 50_000;
const BEAT_EVERY_MS = 1_000;

/**
 * Takes batches of all streams into ClickHouse. For each:
 * 1. decode; what can't be read is counted and skipped, an outage of the registry throws;
 * 2. make rows, and the marks of which windows they make dirty;
 * 3. wait for the flush that they share with other partitions' batches: rows, then marks, then progress.
 * A throw leaves the offsets uncommitted and the batch comes again; its rows then replace themselves.
 */
export function createIngest(
  deps: IngestDeps,
): (batch: PartitionBatch, beat: () => Promise<void>) => Promise<void> {
  const buffer = createRowBuffer<Part>({
    flush: deps.store.flush,
    minRows: MIN_ROWS,
    maxWaitMs: MAX_WAIT_MS,
    maxRows: MAX_ROWS,
  });
  return async (batch, beat) => {
    const stream = deps.streamOf(batch.topic);
    const store = async (): Promise<void> => {
      const { part, poison, ahead } = await toPart(stream, batch, deps);
      deps.events.batchRead({ stream, batch, poison, ahead });
      await buffer.add(part);
    };
    await whileBeating(store(), beat);
  };
}

/** Keeps the group membership alive while something takes long; a beat that fails ends the wait. */
async function whileBeating(work: Promise<void>, beat: () => Promise<void>): Promise<void> {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => void beat().catch(reject), BEAT_EVERY_MS);
  try {
    await Promise.race([work, lost]);
  } finally {
    clearInterval(timer);
  }
}
