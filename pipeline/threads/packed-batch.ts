import {
  buffersOf,
  packRecords,
  type PackedRecords,
  unpackRecords,
} from '@scoreline/runtime/kafka/packed-records.ts';
import type { KafkaRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';

/** A batch as it was read, for another thread. */
export interface PackedBatch extends Pick<PartitionBatch, 'topic' | 'partition'> {
  readonly records: PackedRecords;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
}

export function packBatch({ records, topic, partition }: PartitionBatch): PackedBatch {
  return {
    topic,
    partition,
    records: packRecords(records),
    offsets: Float64Array.from(records, ({ offset }) => offset),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
  };
}

export function unpackBatch({ topic, partition, ...packed }: PackedBatch): PartitionBatch {
  const records = unpackRecords(packed.records).map(({ key, value, headers = {} }, index): KafkaRecord => ({
    offset: packed.offsets[index] ?? NaN,
    timestamp: packed.timestamps[index] ?? NaN,
    key,
    value,
    headers,
  }));
  return { topic, partition, records };
}

/** What changes hands where the batch is posted. */
export function buffersOfBatch({ records, offsets, timestamps }: PackedBatch): ArrayBuffer[] {
  return [...buffersOf(records), offsets.buffer, timestamps.buffer];
}
