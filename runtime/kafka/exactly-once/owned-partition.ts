import type { Admin } from 'kafkajs';
import type { PackedRecords } from '../packed-records.ts';
import { isUnstable } from '../transactions/stable-offsets.ts';
import type { GroupMember } from '../transactions/transactional-writer.ts';
import { PartitionProducer, type WriterOpener } from './partition-producer.ts';
import { readLogStart, readPosition } from './position.ts';
import type { SharedTransactions } from './shared-transactions.ts';
import type { ExactlyOnceEvents, StartPosition } from './types.ts';

/** What every partition of one consumer shares. */
export interface PartitionContext {
  readonly openWriter: WriterOpener;
  readonly admin: Admin;
  /** The group's next offset in a partition, once no transaction is open that may commit more. */
  readonly readCommitted: (partition: number) => Promise<number>;
  readonly groupId: string;
  readonly topic: string;
  readonly start: StartPosition;
  readonly events: ExactlyOnceEvents;
  readonly onFenced: () => Promise<void>;
  /** Ends what stands open under the id of any partition. */
  readonly settleAll: () => Promise<void>;
  /** Grows the outputs until they have this partition. */
  ensureOutputPartition(partition: number): Promise<void>;
}

/** As whom, and with whom, a partition commits. */
export interface CommitTerms {
  readonly member: GroupMember;
  /** The transaction of several partitions that it may be in. */
  readonly shared: SharedTransactions | undefined;
  /** Records of the batch. */
  readonly read: number;
  isCurrent(): boolean;
}

/**
 * One input partition while this process owns it: its producer, and `position`, the next offset to be read. Only a
 * successful commit or a fresh read of the committed offset moves the position.
 */
export class OwnedPartition {
  readonly partition: number;
  readonly #context: PartitionContext;
  #producer: PartitionProducer | undefined;
  /** Counts the doubts: an acquisition that one of them overtook is given up. */
  #doubts = 0;
  #epoch = -1;
  #position = -1;
  /** Where the next fetch begins: the position, or after it where control records or aborted ones follow. */
  #nextFetch = -1;

  constructor(context: PartitionContext, partition: number) {
    this.#context = context;
    this.partition = partition;
  }

  get position(): number {
    return this.#position;
  }

  /** True while the producer was initialised in this epoch (a join of the group) and no doubt has arisen since. */
  isAcquiredIn(epoch: number): boolean {
    return this.#producer !== undefined && this.#epoch === epoch;
  }

  /**
   * Initialise (which fences), then read the committed offset: in that order, or a zombie's commit could slip in. One
   * that is under way in a transaction of another partition's id is waited for, a later one is refused, for it names an
   * earlier generation of the group.
   * A doubt that comes up meanwhile ends it with a throw, before it fences anybody if it can.
   */
  async acquire(epoch: number): Promise<void> {
    const { openWriter, admin, readCommitted, groupId, topic, start, events } = this.#context;
    const { partition } = this;
    const begun = performance.now();
    this.doubt();
    const doubts = this.#doubts;
    await this.#context.ensureOutputPartition(partition);
    this.#requireNoDoubtSince(doubts);
    const producer = await PartitionProducer.initialise(openWriter, {
      groupId,
      topic,
      partition,
      onCommitted: (durationMs) => events.transactionCommitted(durationMs),
    });
    try {
      const committed = await readCommitted(partition).catch((error) => this.#settleOthers(error));
      await this.#context.onFenced();
      const { next, expiredFrom } = await readPosition(admin, {
        groupId,
        topic,
        partition,
        start,
        committed,
      });
      this.#requireNoDoubtSince(doubts);
      if (expiredFrom !== undefined) events.recordsExpired(partition, expiredFrom, next);
      this.#position = next;
      this.#nextFetch = next;
    } catch (error) {
      producer.discard();
      throw error;
    }
    this.#producer = producer;
    this.#epoch = epoch;
    events.partitionAcquired(partition, this.#position, performance.now() - begun);
  }

  /**
   * One transaction: the records (topic to records), and `nextOffset` as the group's committed offset.
   * @returns false where nothing was written, because the group was joined anew meanwhile.
   */
  async commit(
    records: ReadonlyMap<string, PackedRecords>,
    nextOffset: number,
    { member, shared, read, isCurrent }: CommitTerms,
  ): Promise<boolean> {
    const producer = this.#producer;
    if (producer === undefined) throw new Error(`partition ${this.partition} was not acquired`);
    const commit = { partition: this.partition, records, nextOffset };
    if (shared !== undefined && producer.canShare) {
      const isCommitted = await shared.commit({ producer, commit, member, records: read, isCurrent });
      if (!isCommitted) return false;
    } else {
      await producer.commit([commit], member);
    }
    this.#position = nextOffset;
    this.#nextFetch = nextOffset;
    return true;
  }

  /** A batch was worked off whole, up to this offset; what follows the position in it was nothing to be read. */
  passed(lastOffset: number): void {
    this.#nextFetch = lastOffset + 1;
  }

  /**
   * A fetch that begins after where it should: either a fetch in between held nothing to be read, or retention
   * deleted what stood there, which is reported.
   */
  async checkGap(fetchedOffset: number): Promise<void> {
    if (fetchedOffset <= this.#nextFetch) return;
    const { admin, topic, events } = this.#context;
    const logStart = await readLogStart(admin, topic, this.partition);
    if (logStart > this.#position) events.recordsExpired(this.partition, this.#position, logStart);
    this.#nextFetch = fetchedOffset;
  }

  /** The fate of the last transaction is unknown, or ownership is: the producer is thrown away, never reused. */
  doubt(): void {
    this.#doubts += 1;
    this.#producer?.discard();
    this.#producer = undefined;
  }

  /**
   * A dead process's transaction may hold an offset of this partition under the id of another, which nobody has taken
   * over, because nothing comes there: all ids are initialised, and this acquisition is begun anew, as all others are.
   */
  async #settleOthers(error: unknown): Promise<never> {
    if (isUnstable(error)) await this.#context.settleAll();
    throw error;
  }

  #requireNoDoubtSince(doubts: number): void {
    if (doubts !== this.#doubts)
      throw new Error(`partition ${this.partition} was let go while it was acquired`);
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    this.#producer = undefined;
  }
}
