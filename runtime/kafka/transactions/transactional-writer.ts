import type { PackedRecords } from '../packed-records.ts';

/** Records for one partition of one topic. */
export interface PartitionWrite {
  readonly topic: string;
  readonly partition: number;
  readonly records: PackedRecords;
}

/** A consumer group's next offset in one partition, committed with the records. */
export interface CommittedOffset {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Writes in transactions under one `transactional.id`: whoever initialises it fences every earlier one.
 *
 * After any error it must be discarded: the transaction's fate is unknown, and whatever was sent next could get into it
 * or be written twice.
 */
export interface TransactionalWriter {
  /** All of it or nothing. Throws when the transaction's fate is unknown or it was fenced: then discard this writer. */
  commit(writes: Iterable<PartitionWrite>, offset?: CommittedOffset): Promise<void>;
  /** Lets the sockets go; whatever was open is aborted by the next initialise or by the broker's time-out. */
  discard(): void;
  /** Waits for the sockets to close, for a clean stop. */
  close(): Promise<void>;
}

/** Who writes, and where to. */
export interface WriterIdentity {
  readonly transactionalId: string;
  /** Every topic that may be written to. */
  readonly topics: readonly string[];
  /** The one partition of each of them that is; default: all. */
  readonly partition?: number;
  /** The group whose offsets are committed; none where left out. */
  readonly groupId?: string;
  /** How long a transaction may stay open: a dead writer's blocks read_committed readers for as long. */
  readonly transactionTimeoutMs: number;
}
