import type { KafkaLogSink } from './client.ts';
import { createPartitionReader } from './partition-reader.ts';
import type { KafkaRecord } from './record.ts';
import type { KafkaSettings } from './settings.ts';

/** A page of a partition's records, in order; at most what one fetch brings. */
export type RecordPage = readonly KafkaRecord[];

/** Past an open transaction nothing comes: that is the end for now. */
const PATIENCE_MS = 500;

/**
 * The records of one partition that stand there now, a page at a time, from `from` (or the first that is still there)
 * on; those of aborted transactions are left out, and so is all past the first open one. Each call takes about ten
 * seconds of retries at most, then throws.
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
    while (position < end) {
      const { records, nextOffset } = await reader.fetch(position, PATIENCE_MS);
      if (nextOffset === position) return;
      if (records.length > 0) yield records;
      position = nextOffset;
    }
  } finally {
    await reader.close();
  }
}
