import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ConsumerWatch } from '@scoreline/runtime/kafka/consumer-watch.ts';
import type { ProgressStream } from './streams.ts';

/** How far one partition of a stream of scores has been read. All instances write theirs, whoever closes reads all. */
export interface Progress {
  readonly stream: ProgressStream;
  readonly partition: number;
  /** Largest event time that isn't ahead of its own Kafka timestamp; null: none known. */
  readonly maxEventTimeMs: number | null;
  /** Wall clock: when it last had a record, read or not yet read, or was assigned anew. */
  readonly activeAtMs: number;
  /** Everything with a Kafka timestamp up to here has been read; null: unknown. */
  readonly readUntilMs: number | null;
}

/** A row of `stream_progress`; columns keep their largest value, so what isn't known is null or 0. */
export function toProgressRow(progress: Partial<Progress> & Pick<Progress, 'stream' | 'partition'>): object {
  return {
    stream: progress.stream,
    partition: progress.partition,
    max_event_time: progress.maxEventTimeMs ?? null,
    active_at: progress.activeAtMs ?? 0,
    read_until: progress.readUntilMs ?? null,
  };
}

/** The progress of every partition that any instance has been assigned. */
export function readProgress(database: Database): Promise<Progress[]> {
  return database.query<Progress>(`
    SELECT stream, partition, toUnixTimestamp64Milli(max(max_event_time)) AS maxEventTimeMs,
      toUnixTimestamp64Milli(max(active_at)) AS activeAtMs, toUnixTimestamp64Milli(max(read_until)) AS readUntilMs
    FROM stream_progress
    GROUP BY stream, partition`);
}

/** Kafka's time up to which a stream has been read in all its partitions; −Infinity where one is unknown. */
export function readUntilOf(progress: readonly Progress[], stream: ProgressStream): number {
  const times = progress
    .filter((row) => row.stream === stream)
    .map(({ readUntilMs }) => readUntilMs ?? -Infinity);
  return times.length === 0 ? -Infinity : Math.min(...times);
}

/** Partitions that were assigned now hold the watermark back until they speak or have been idle for long enough. */
export async function announcePartitions(
  database: Database,
  streams: ReadonlyMap<ProgressStream, readonly number[]>,
  nowMs: number,
): Promise<void> {
  const rows = [...streams].flatMap(([stream, partitions]) =>
    partitions.map((partition) => toProgressRow({ stream, partition, activeAtMs: nowMs })),
  );
  await database.insert('stream_progress', rows);
}

/** The last offset of a transactional topic is a marker, which no reader ever gets to see. */
const MARKERS = 1;
/** A partition that is fetched for so long and gives nothing had nothing to give when it was assigned. */
const NOTHING_AFTER_MS = 10_000;

/** Partitions of a topic in which nothing is left to read. */
export function caughtUpPartitions(
  topic: string,
  lag: ReadonlyMap<string, number>,
  reader: Pick<ConsumerWatch, 'assigned' | 'fetched'>,
  assignedForMs: number,
): readonly number[] {
  return (reader.assigned().get(topic) ?? []).filter((partition) => {
    const key = `${topic}/${partition}`;
    // Before its first batch a partition's position is unknown, and its lag too.
    if (!reader.fetched().has(key)) return lag.get(key) === 0 || assignedForMs > NOTHING_AFTER_MS;
    return (lag.get(key) ?? Infinity) <= MARKERS;
  });
}
