import type { TransactionOutcome } from '../transaction-outcome.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError, TRANSACTIONAL_ID_NOT_FOUND } from './request.ts';

/** What the coordinator has decided, by the state in which the transaction is (Kafka's `TransactionState`). */
const OUTCOMES: ReadonlyMap<string, TransactionOutcome> = new Map([
  ['PrepareCommit', 'commit'],
  ['CompleteCommit', 'commit'],
  ['PrepareAbort', 'abort'],
  ['PrepareEpochFence', 'abort'],
  ['CompleteAbort', 'abort'],
  // Whoever initialises next has it aborted.
  ['Ongoing', 'abort'],
]);

/** DescribeTransactions, version 0 (KIP-664): how the id's last transaction ends; undefined where there was none. */
export function lastOutcome(transactionalId: string): Request<TransactionOutcome | undefined> {
  const out = new ByteWriter();
  out.compactArray([transactionalId], (id) => void out.compactString(id));
  const body = out.noTags().written();
  const name = `to tell the last transaction of ${transactionalId}`;
  return { name, apiKey: 65, version: 0, body, read: (answer) => readOutcome(name, new ByteReader(answer)) };
}

function readOutcome(name: string, answer: ByteReader): TransactionOutcome | undefined {
  answer.int32();
  const [outcome] = answer.compactArray(() => {
    const code = answer.int16();
    if (code !== TRANSACTIONAL_ID_NOT_FOUND) requireNoError(name, code);
    answer.compactString();
    const state = answer.compactString() ?? '';
    skipTransaction(answer);
    return OUTCOMES.get(state);
  });
  return outcome;
}

function skipTransaction(answer: ByteReader): void {
  answer.int32();
  answer.int64();
  answer.int64();
  answer.int16();
  answer.compactArray(() => {
    answer.compactString();
    answer.compactArray(() => answer.int32());
    answer.tags();
  });
  answer.tags();
}
