import type { ProducerId } from '../producer-id.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError, TRANSACTIONAL_ID_NOT_FOUND } from './request.ts';

/** Kafka's `TransactionState`, by its names. */
export type TransactionState =
  | 'Empty'
  | 'Ongoing'
  | 'PrepareCommit'
  | 'PrepareAbort'
  | 'PrepareEpochFence'
  | 'CompleteCommit'
  | 'CompleteAbort';

/** What the coordinator knows of a transactional id. */
export interface TransactionDescription {
  /** Of the last transaction; Empty where there was none since the id was initialised. */
  readonly state: TransactionState;
  readonly producer: ProducerId;
  /** As whoever initialised it last wanted it. */
  readonly timeoutMs: number;
  /** Partitions by topic that have joined the transaction; none once it is complete. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
}

/** DescribeTransactions, version 0 (KIP-664); undefined of an id that the coordinator doesn't know. */
export function describeTransaction(transactionalId: string): Request<TransactionDescription | undefined> {
  const out = new ByteWriter();
  out.compactArray([transactionalId], (id) => void out.compactString(id));
  const body = out.noTags();
  const name = `to describe the transaction of ${transactionalId}`;
  return { name, apiKey: 65, version: 0, body, read: (answer) => readAnswer(name, new ByteReader(answer)) };
}

function readAnswer(name: string, answer: ByteReader): TransactionDescription | undefined {
  answer.int32();
  const [described] = answer.compactArray(() => {
    const code = answer.int16();
    if (code !== TRANSACTIONAL_ID_NOT_FOUND) requireNoError(name, code);
    const transaction = readTransaction(answer);
    return code === TRANSACTIONAL_ID_NOT_FOUND ? undefined : transaction;
  });
  return described;
}

function readTransaction(answer: ByteReader): TransactionDescription {
  answer.compactString();
  const state = (answer.compactString() ?? '') as TransactionState;
  const timeoutMs = answer.int32();
  // When it began.
  answer.int64();
  const producer = { id: answer.int64(), epoch: answer.int16() };
  const topics = answer.compactArray(() => {
    const topic = answer.compactString() ?? '';
    const partitions = answer.compactArray(() => answer.int32());
    answer.tags();
    return [topic, partitions] as const;
  });
  answer.tags();
  return { state, producer, timeoutMs, partitions: new Map(topics) };
}
