import type { KafkaLogSink } from './client.ts';
import { createPartitionReader } from './partition-reader.ts';
import type { KafkaRecord } from './record.ts';
import type { KafkaSettings } from './settings.ts';

/** A page of a partition's records, in order; at most what one fetch brings. */
export type RecordPage = readonly KafkaRecord[];

const FETCH_WAIT_MS = 500;
/** A broker that throttles answers empty: only so many in a row mean that nothing will come. */
const MOST_EMPTY_FETCHES = 20;

/**
 * The records of one partition that stand there now, a page at a time, from `from` (or the first that is still there)
 * on; those of aborted transactions are left out, and so is all past the first open one. Never less than that: throws
 * where the end isn't reached (each call takes about ten seconds of retries at most).
 */
export async function* readCommittedPages(
  settings: KafkaSettings,
  { topic, partition, from }: { readonly topic: string; readonly partition: number; readonly from?: number },
  log: KafkaLogSink,
): AsyncGenerator<RecordPage> {
  const reader = createPartitionReader(settings, topic, log, { partition, isolation: 'committed' });
  try {
    const end = await reader.endOffset();
    let position = Math.max(from ?? 0, await reader.startOffset());
    let empty = 0;
    while (position < end) {
      const { records, nextOffset } = await reader.fetch(position, FETCH_WAIT_MS);
      empty = nextOffset === position ? empty + 1 : 0;
      if (empty > MOST_EMPTY_FETCHES)
        throw new Error(`${topic}/${partition} could not be read past ${position}; its end is ${end}`);
      if (records.length > 0) yield records;
      position = nextOffset;
    }
  } finally {
    await reader.close();
  }
}
