/** What the broker says of an aborted transaction in a fetched range. */
export interface AbortedTransaction {
  readonly firstOffset: string;
  readonly producerId: string;
}

/** The parts of a fetched message that the filter reads. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** Type field of a control record's key: 0 is abort, 1 is commit. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);

/**
 * Drops the messages of aborted transactions from one fetch, as a read_committed reader must.
 *
 * The broker lists aborted transactions in the order in which they were aborted. A scan by offset needs them by
 * first offset, and several may begin at or before one message (two producers whose aborts interleave; a fetch that
 * starts inside two open transactions). kafkajs 2.2.4 takes at most one entry per message from the list as it comes,
 * and lets aborted records through. This is Kafka's own algorithm (`Fetcher.consumeAbortedTransactionsUpTo`).
 *
 * Cost: a sort of the aborted transactions, then one pass over the messages.
 */
export function filterAbortedMessages<M extends FetchedMessage>(fetched: {
  readonly messages: readonly M[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
}): readonly M[] {
  const { messages, abortedTransactions } = fetched;
  if (!abortedTransactions?.length) return messages;
  const upcoming = abortedTransactions
    .map(({ firstOffset, producerId }) => ({ firstOffset: Number(firstOffset), producerId }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  let next = 0;
  return messages.filter((message) => {
    const offset = Number(message.offset);
    for (let entry = upcoming[next]; entry && entry.firstOffset <= offset; entry = upcoming[++next]) {
      aborting.add(entry.producerId);
    }
    const { producerId, inTransaction } = message.batchContext;
    if (isAbortMarker(message)) aborting.delete(producerId);
    else if (inTransaction && !message.isControlRecord && aborting.has(producerId)) return false;
    return true;
  });
}

/** Only a control record is a marker: a lead whose key is four zero bytes is a lead. */
function isAbortMarker(message: FetchedMessage): boolean {
  return message.isControlRecord && message.key !== null && ABORT_MARKER_KEY.equals(Buffer.from(message.key));
}
