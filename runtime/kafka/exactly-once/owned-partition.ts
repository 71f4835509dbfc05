import type { Admin } from 'kafkajs';
import type { PackedRecords } from '../packed-records.ts';
import { PartitionProducer, type WriterOpener } from './partition-producer.ts';
import { readLogStart, readPosition } from './position.ts';
import type { ExactlyOnceEvents, StartPosition } from './types.ts';

/** What every partition of one consumer shares. */
export interface PartitionContext {
  readonly openWriter: WriterOpener;
  readonly admin: Admin;
  readonly groupId: string;
  readonly topic: string;
  readonly start: StartPosition;
  readonly events: ExactlyOnceEvents;
  readonly onFenced: () => Promise<void>;
  /** Grows the outputs until they have this partition. */
  ensureOutputPartition(partition: number): Promise<void>;
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
   * Initialise (which fences), then read the committed offset: in that order, or a zombie's commit could slip in.
   * A doubt that comes up meanwhile ends it with a throw, before it fences anybody if it can.
   */
  async acquire(epoch: number): Promise<void> {
    const { openWriter, admin, groupId, topic, start, events } = this.#context;
    const { partition } = this;
    const begun = performance.now();
    this.doubt();
    const doubts = this.#doubts;
    await this.#context.ensureOutputPartition(partition);
    this.#requireNoDoubtSince(doubts);
    const producer = await PartitionProducer.initialise(openWriter, { groupId, topic, partition });
    try {
      await this.#context.onFenced();
      const { next, expiredFrom } = await readPosition(admin, { groupId, topic, partition, start });
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

  /** One transaction: the records (topic to records), and `nextOffset` as the group's committed offset. */
  async commit(records: ReadonlyMap<string, PackedRecords>, nextOffset: number): Promise<void> {
    if (this.#producer === undefined) throw new Error(`partition ${this.partition} was not acquired`);
    await this.#producer.commit(records, nextOffset);
    this.#position = nextOffset;
    this.#nextFetch = nextOffset;
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

  #requireNoDoubtSince(doubts: number): void {
    if (doubts !== this.#doubts)
      throw new Error(`partition ${this.partition} was let go while it was acquired`);
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    this.#producer = undefined;
  }
}
