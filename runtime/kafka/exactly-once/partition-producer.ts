import type { PackedRecords } from '../packed-records.ts';
import type { TransactionalWriter, WriterIdentity } from '../transactions/transactional-writer.ts';

/** What a partition's transactions are about. */
export interface PartitionOutputs {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

/** Initialises a writer to the consumer's outputs. */
export type WriterOpener = (
  identity: Required<Pick<WriterIdentity, 'transactionalId' | 'partition' | 'groupId'>>,
) => Promise<TransactionalWriter>;

/**
 * The one transactional producer of an input partition, `transactional.id = <group>.<topic>.<partition>`: whoever
 * owns the partition initialises it and so fences every earlier owner. After any error it must be discarded.
 */
export class PartitionProducer {
  readonly #writer: TransactionalWriter;
  readonly #outputs: PartitionOutputs;

  private constructor(writer: TransactionalWriter, outputs: PartitionOutputs) {
    this.#writer = writer;
    this.#outputs = outputs;
  }

  /** When it resolves, an earlier owner's last transaction is settled, so that the committed offset can be read. */
  static async initialise(openWriter: WriterOpener, outputs: PartitionOutputs): Promise<PartitionProducer> {
    const { groupId, topic, partition } = outputs;
    const transactionalId = `${groupId}.${topic}.${partition}`;
    const writer = await openWriter({ transactionalId, partition, groupId });
    return new PartitionProducer(writer, outputs);
  }

  /**
   * Writes the records (topic to records), to the partition of the same number, and the offset of the next input
   * record in one transaction. Throws when the transaction's fate is unknown or it was fenced: then discard this.
   */
  async commit(records: ReadonlyMap<string, PackedRecords>, nextOffset: number): Promise<void> {
    const { partition } = this.#outputs;
    const writes = Array.from(records, ([topic, packed]) => ({ topic, partition, records: packed }));
    await this.#writer.commit(writes, { ...this.#outputs, offset: nextOffset });
  }

  /** Lets the sockets go; whatever was open is aborted by the next owner's initialise or by the broker's time-out. */
  discard(): void {
    this.#writer.discard();
  }

  /** Waits for the sockets to close, for a clean stop. */
  async close(): Promise<void> {
    await this.#writer.close();
  }
}
