import type { AbortedTransaction } from '../kafka/fixes/aborted-batches.ts';
import type { FetchedRecordBatch } from '../kafka/fixes/record-batches.ts';
import { toFetchedRecord } from '../kafka/record.ts';

/** What kafkajs has of a record, as far as aborts go. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** One thing that a producer does to a partition; without a producer id it writes outside transactions. */
export interface LogStep {
  readonly producer: string | undefined;
  readonly does: 'write' | 'commit' | 'abort';
  readonly key?: Buffer;
}

/** What a broker answers to a read_committed fetch, and what of it was not aborted. */
export interface Fetched {
  readonly messages: readonly FetchedMessage[];
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly committed: readonly FetchedMessage[];
}

interface Transaction {
  readonly producerId: string;
  readonly firstOffset: number;
  /** Offset of the marker that ended it. */
  end?: number;
  aborted?: boolean;
}

interface PartitionLog {
  readonly messages: readonly FetchedMessage[];
  readonly transactions: readonly Transaction[];
  /** The transaction of each message, by offset. */
  readonly membership: readonly (Transaction | undefined)[];
}

/** A partition's log as a broker writes it: a transaction begins with its first record and ends with a marker. */
export function writeLog(steps: readonly LogStep[]): PartitionLog {
  const messages: FetchedMessage[] = [];
  const membership: (Transaction | undefined)[] = [];
  const transactions: Transaction[] = [];
  const open = new Map<string, Transaction>();
  const append = (producerId: string | undefined, key: Buffer, isControlRecord: boolean): void => {
    messages.push({
      offset: String(messages.length),
      key,
      isControlRecord,
      batchContext: { producerId: producerId ?? '-1', inTransaction: producerId !== undefined },
    });
    membership.push(producerId === undefined ? undefined : open.get(producerId));
  };
  for (const { producer, does, key = Buffer.from('key') } of steps) {
    if (producer === undefined) {
      append(undefined, key, false);
      continue;
    }
    const transaction = open.get(producer);
    if (does === 'write') {
      if (transaction === undefined) {
        const begun = { producerId: producer, firstOffset: messages.length };
        open.set(producer, begun);
        transactions.push(begun);
      }
      append(producer, key, false);
    } else if (transaction !== undefined) {
      transaction.end = messages.length;
      transaction.aborted = does === 'abort';
      append(producer, Buffer.from([0, 0, 0, does === 'abort' ? 0 : 1]), true);
      open.delete(producer);
    }
  }
  return { messages, transactions, membership };
}

/** The broker's answer from an offset on: up to the last stable offset, aborted ones in the order of their aborts. */
export function fetchFrom({ messages, transactions, membership }: PartitionLog, from: number): Fetched {
  const undecided = transactions.filter(({ end }) => end === undefined);
  const stable = Math.min(messages.length, ...undecided.map(({ firstOffset }) => firstOffset));
  const fetched = messages.slice(from, stable);
  const aborted = transactions
    .filter(({ aborted, firstOffset, end = Infinity }) => aborted && end >= from && firstOffset < stable)
    .sort((a, b) => (a.end ?? 0) - (b.end ?? 0));
  return {
    messages: fetched,
    abortedTransactions: aborted.map(({ producerId, firstOffset }) => ({
      producerId,
      firstOffset: String(firstOffset),
    })),
    committed: fetched.filter(({ offset }) => !membership[Number(offset)]?.aborted),
  };
}

/** Each message as a batch of its own. */
export function toBatches({ messages }: Pick<Fetched, 'messages'>): FetchedRecordBatch[] {
  return messages.map(({ offset, key, isControlRecord, batchContext: { producerId, inTransaction } }) => {
    const at = Number(offset);
    const record = toFetchedRecord({ offset: at, timestamp: 0, key, value: null, headers: {} });
    const place = { firstOffset: at, lastOffset: at };
    return { ...place, isControl: isControlRecord, inTransaction, producerId, records: [record] };
  });
}
