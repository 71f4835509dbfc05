import type { FetchedRecord } from '../record.ts';
import { type AbortedTransaction, dropAborted } from './aborted-batches.ts';
import type { FetchedRecordBatch } from './record-batches.ts';

/** What was fetched of a partition, as kafkajs hands it over. */
export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedRecordBatch[];
}

/**
 * In place of kafkajs 2.2.4's class of that name, whose methods it has: what a fetch brought of one partition. Made of
 * whole batches, where kafkajs looks at each message five times; and it ends where its last batch ends, as in Kafka's
 * own consumer, also where compaction has taken that one's last record.
 */
export class Batch {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: string;
  readonly highWatermark: string;
  /** Those from the fetched offset on that were committed. Their offsets are numbers. */
  readonly messages: readonly FetchedRecord[];
  readonly #fetched: readonly FetchedRecordBatch[];
  /** All that came ends before the fetched offset, as it can in old formats where that one was compacted away. */
  readonly #isBehind: boolean;

  constructor(topic: string, fetchedOffset: string, data: FetchedPartition) {
    const from = Number(fetchedOffset);
    this.topic = topic;
    this.partition = data.partition;
    this.fetchedOffset = fetchedOffset;
    this.highWatermark = data.highWatermark;
    this.#fetched = data.messages.filter(({ lastOffset }) => lastOffset >= from);
    this.#isBehind = data.messages.length > 0 && this.#fetched.length === 0;
    this.messages = dropAborted(this.#fetched, data.abortedTransactions)
      .filter(({ isControl }) => !isControl)
      .flatMap(({ firstOffset, records }) =>
        // A compressed batch comes as a whole.
        firstOffset >= from ? records : records.filter(({ offset }) => offset >= from),
      );
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  isEmptyIncludingFiltered(): boolean {
    return this.#fetched.length === 0;
  }

  /** There was something, but none of it is to be read. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && (this.#fetched.length > 0 || this.#isBehind);
  }

  firstOffset(): string | null {
    const [first] = this.#fetched;
    return first === undefined ? null : String(Math.max(first.firstOffset, Number(this.fetchedOffset)));
  }

  /** Of all that was fetched; where that is nothing, of all that is there. */
  lastOffset(): string {
    const last = this.#fetched.at(-1);
    if (last !== undefined) return String(last.lastOffset);
    return this.#isBehind ? this.fetchedOffset : String(Number(this.highWatermark) - 1);
  }

  /** How many offsets follow the last one. */
  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()));
  }

  /** How many offsets follow the first one. */
  offsetLagLow(): string {
    const first = this.firstOffset();
    return first === null ? '0' : String(Number(this.highWatermark) - 1 - Number(first));
  }
}
