import type { FetchedRecordBatch } from './record-batches.ts';

/** What the broker says of an aborted transaction in a fetched range. */
export interface AbortedTransaction {
  readonly firstOffset: string;
  readonly producerId: string;
}

/** Type field of a marker's key: 0 is abort, 1 is commit. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);

/**
 * Drops the batches of aborted transactions from one fetch, as a read_committed reader must; markers stay.
 *
 * The broker lists aborted transactions in the order in which they were aborted. A scan by offset needs them by
 * first offset, and several may begin at or before one batch (two producers whose aborts interleave; a fetch that
 * starts inside two open transactions). kafkajs 2.2.4 takes at most one entry per message from the list as it comes,
 * and lets aborted records through. This is Kafka's own algorithm (`Fetcher.consumeAbortedTransactionsUpTo`).
 *
 * Cost: a sort of the aborted transactions, then one pass over the batches.
 */
export function dropAborted(
  batches: readonly FetchedRecordBatch[],
  abortedTransactions: readonly AbortedTransaction[] | null | undefined,
): readonly FetchedRecordBatch[] {
  if (!abortedTransactions?.length) return batches;
  const upcoming = abortedTransactions
    .map(({ firstOffset, producerId }) => ({ firstOffset: Number(firstOffset), producerId }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  let next = 0;
  return batches.filter((batch) => {
    const { producerId, lastOffset, inTransaction, isControl } = batch;
    for (let entry = upcoming[next]; entry && entry.firstOffset <= lastOffset; entry = upcoming[++next]) {
      aborting.add(entry.producerId);
    }
    if (isAbortMarker(batch)) aborting.delete(producerId);
    return isControl || !inTransaction || !aborting.has(producerId);
  });
}

/** Only a control batch holds a marker: a lead whose key is four zero bytes is a lead. */
function isAbortMarker({ isControl, records: [marker] }: FetchedRecordBatch): boolean {
  return isControl && marker?.key?.equals(ABORT_MARKER_KEY) === true;
}
