import type { PackedRecords } from '../packed-records.ts';

/** Records for one partition of one topic. */
export interface PartitionWrite {
  readonly topic: string;
  readonly partition: number;
  readonly records: PackedRecords;
}

/** Who commits: a member of a consumer group, as it was when the group was last joined. */
export interface GroupMember {
  readonly memberId: string;
  readonly generationId: number;
}

/** A consumer group's next offsets in partitions of one topic, committed with the records. */
export interface CommittedOffsets {
  readonly groupId: string;
  readonly topic: string;
  readonly next: ReadonlyMap<number, number>;
  /** Where it is given, the broker refuses what it has lost: the group was joined anew since (KIP-447). */
  readonly member?: GroupMember;
}

/**
 * Writes in transactions under one `transactional.id`: whoever initialises it fences every earlier one.
 *
 * After any error it must be discarded: the transaction's fate is unknown, and whatever was sent next could get into it
 * or be written twice.
 */
export interface TransactionalWriter {
  /** Whether the broker heeds who commits: only then may a transaction hold other partitions than its id's own. */
  readonly heedsMember: boolean;
  /** All of it or nothing. Throws when the transaction's fate is unknown or it was fenced: then discard this writer. */
  commit(writes: readonly PartitionWrite[], offsets?: CommittedOffsets): Promise<void>;
  /** Lets the sockets go; whatever was open is aborted by the next initialise or by the broker's time-out. */
  discard(): void;
  /** Waits for the sockets to close, for a clean stop. */
  close(): Promise<void>;
}

/** Who writes, and where to. */
export interface WriterIdentity {
  readonly transactionalId: string;
  /** Every topic that may be written to, in any partition. */
  readonly topics: readonly string[];
  /** The group whose offsets are committed; none where left out. */
  readonly groupId?: string;
  /** How long a transaction may stay open: a dead writer's blocks read_committed readers for as long. */
  readonly transactionTimeoutMs: number;
}
