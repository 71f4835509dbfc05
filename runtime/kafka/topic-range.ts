import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/** Offsets of one partition, [from, to). */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** A part of a topic's past by Kafka's timestamps, epoch milliseconds: [from, to). */
export interface TimeRange {
  readonly from: number | 'beginning';
  /** `now`: everything that stands there already. */
  readonly to: number | 'now';
}

/**
 * The offsets that a time range means now, for every partition; fixed, they name the same records for ever. A
 * partition's range begins with its first record at or after `from` and ends before its first at or after `to`: where
 * timestamps are not in order, records in between count. Takes about ten seconds of retries, then throws.
 */
export async function resolveTopicRange(
  settings: KafkaSettings,
  topic: string,
  { from, to }: TimeRange,
  log: KafkaLogSink,
): Promise<OffsetRange[]> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  await admin.connect();
  try {
    const offsetsAt = async (timeMs: number): Promise<ReadonlyMap<number, number>> => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
      return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    };
    const bounds = await admin.fetchTopicOffsets(topic);
    const firsts = from === 'beginning' ? undefined : await offsetsAt(from);
    const ends = to === 'now' ? undefined : await offsetsAt(to);
    return bounds
      .map(({ partition, low, high }) => {
        const first = firsts?.get(partition) ?? Number(low);
        const end = Math.min(Number(high), ends?.get(partition) ?? Number(high));
        return { partition, from: first, to: Math.max(first, end) };
      })
      .sort((a, b) => a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}
