import type { PackedRecords } from '../packed-records.ts';
import type { PartitionBatch } from '../record.ts';
import type { KafkaSettings } from '../settings.ts';

/** What a transformation makes of a batch. */
export type Transformed<Output extends string> =
  /** Records for each named output; written with the batch's offset in one transaction. */
  | {
      readonly fate: 'done';
      readonly outputs: Readonly<Record<Output, PackedRecords>>;
      /** Told once the transaction has committed: what is counted here is counted once, however often it was tried. */
      readonly onCommitted?: () => void;
    }
  /** Something it needs is away: the partition pauses and the batch comes again. Nothing is lost. */
  | { readonly fate: 'unavailable'; readonly reason: string };

/**
 * Where a group that has never committed begins: the log's start, the first record at or after a time, or an offset
 * for each partition (those not named begin at the log's start).
 */
export type StartPosition =
  'earliest' | { readonly timestampMs: number } | { readonly offsets: ReadonlyMap<number, number> };

export interface ExactlyOnceOptions<Output extends string> {
  readonly kafka: KafkaSettings;
  readonly groupId: string;
  readonly topic: string;
  /** Name of each output to its topic. Partition p of the input writes to partition p of every output. */
  readonly outputs: Readonly<Record<Output, string>>;
  readonly transform: (batch: PartitionBatch) => Promise<Transformed<Output>>;
  readonly start?: StartPosition;
  /**
   * Called when a partition's earlier owners can't commit any more, before its first record is read: what they acted
   * upon (a decision, a configuration) must be known here when it resolves, or the partition would go back behind it.
   */
  readonly onFenced?: () => Promise<void>;
  /**
   * For outputs that nobody waits for: of a steady stream, what comes within a fifth of a second is one transaction of
   * its partition, which costs the brokers a fraction of what eager ones do. A backlog is read as ever.
   */
  readonly gathers?: boolean;
  /** Upper bound of records per transform and transaction, so that heartbeats keep their pace. */
  readonly maxBatchRecords?: number;
  readonly events: ExactlyOnceEvents;
}

/** One fact each; telemetry turns them into log lines and metrics. */
export interface ExactlyOnceEvents {
  joined(partitions: readonly number[]): void;
  partitionAcquired(partition: number, position: number, durationMs: number): void;
  batchCommitted(partition: number, records: number): void;
  /** Of one batch, or of small ones of several partitions: first send to commit. */
  transactionCommitted(durationMs: number): void;
  /** Of several partitions: told once, with one of them. */
  transactionFailed(partition: number, error: Error): void;
  partitionPaused(partition: number, reason: string): void;
  /** Records between the committed position and the log's start were deleted before they were read. */
  recordsExpired(partition: number, from: number, to: number): void;
  consumerCrashed(error: Error, restarts: boolean): void;
  clientLog(level: 'error' | 'warn' | 'info' | 'debug', message: string): void;
}
