import type { PackedRecords } from '../packed-records.ts';
import type {
  GroupMember,
  TransactionalWriter,
  WriterIdentity,
} from '../transactions/transactional-writer.ts';

/** What a partition's transactions are about. */
export interface PartitionOutputs {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Told of each transaction that was committed. */
  readonly onCommitted?: (durationMs: number) => void;
}

/** What one partition has in a transaction. */
export interface PartitionCommit {
  readonly partition: number;
  /** By topic, each for the partition of the same number. */
  readonly records: ReadonlyMap<string, PackedRecords>;
  /** Of the next input record. */
  readonly nextOffset: number;
}

/** Initialises a writer to the consumer's outputs. */
export type WriterOpener = (
  identity: Required<Pick<WriterIdentity, 'transactionalId' | 'groupId'>>,
) => Promise<TransactionalWriter>;

/**
 * The one transactional producer of an input partition, `transactional.id = <group>.<topic>.<partition>`: whoever
 * owns the partition initialises it and so fences every earlier owner. After any error it must be discarded.
 */
export class PartitionProducer {
  readonly #writer: TransactionalWriter;
  readonly #outputs: PartitionOutputs;
  #isShared = false;
  #isDiscarded = false;

  private constructor(writer: TransactionalWriter, outputs: PartitionOutputs) {
    this.#writer = writer;
    this.#outputs = outputs;
  }

  /** When it resolves, an earlier owner's last transaction under this id is settled. */
  static async initialise(openWriter: WriterOpener, outputs: PartitionOutputs): Promise<PartitionProducer> {
    const { groupId, topic, partition } = outputs;
    const transactionalId = `${groupId}.${topic}.${partition}`;
    return new PartitionProducer(await openWriter({ transactionalId, groupId }), outputs);
  }

  /** Whether other partitions' commits may be in its transactions: the broker refuses those that were lost. */
  get canShare(): boolean {
    return this.#writer.heedsMember;
  }

  /**
   * Writes the records of one partition, or of several, and the offsets of their next input records in one transaction.
   * Throws when its fate is unknown, or when it was fenced: then all of these partitions are in doubt.
   * @param member - as which the group gave us the partitions.
   */
  async commit(commits: readonly PartitionCommit[], member: GroupMember): Promise<void> {
    const { groupId, topic, onCommitted } = this.#outputs;
    const begun = performance.now();
    const writes = commits.flatMap(({ partition, records }) =>
      Array.from(records, ([output, packed]) => ({ topic: output, partition, records: packed })),
    );
    const next = new Map(commits.map(({ partition, nextOffset }) => [partition, nextOffset]));
    this.#isShared = commits.length > 1;
    try {
      await this.#writer.commit(writes, { groupId, topic, next, member });
      onCommitted?.(performance.now() - begun);
    } finally {
      this.#isShared = false;
      if (this.#isDiscarded) this.#writer.discard();
    }
  }

  /**
   * Lets the sockets go; whatever was open is aborted by the next owner's initialise or by the broker's time-out. A
   * transaction that other partitions are in comes to its end first.
   */
  discard(): void {
    this.#isDiscarded = true;
    if (!this.#isShared) this.#writer.discard();
  }

  /** Waits for the sockets to close, for a clean stop. */
  async close(): Promise<void> {
    await this.#writer.close();
  }
}
