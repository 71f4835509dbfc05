/** A record as it was read. Offsets are numbers: exact up to 2^53. */
export interface KafkaRecord {
  readonly offset: number;
  /** Kafka's timestamp, epoch milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

export type RecordHeaders = Readonly<Record<string, Buffer | string | undefined>>;

/** Consecutive records of one partition, in offset order; offsets may have gaps (markers, compaction). */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
}

/** A record to be written; its topic and partition are decided by whoever writes it. */
export interface OutputRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}
