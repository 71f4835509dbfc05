import type { ProducerId } from '../producer-id.ts';
import type { TransactionOutcome } from '../transaction-outcome.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError } from './request.ts';

/** EndTxn, version 5: commits or aborts, and answers with the epoch of the next transaction (KIP-890). */
export function endTxn(
  transactionalId: string,
  producer: ProducerId,
  outcome: TransactionOutcome,
): Request<ProducerId> {
  const out = new ByteWriter();
  out
    .compactString(transactionalId)
    .int64(producer.id)
    .int16(producer.epoch)
    .boolean(outcome === 'commit');
  const body = out.noTags();
  const name = `to ${outcome} a transaction of ${transactionalId}`;
  return { name, apiKey: 26, version: 5, body, read: (answer) => readEnded(name, new ByteReader(answer)) };
}

function readEnded(name: string, answer: ByteReader): ProducerId {
  answer.int32();
  requireNoError(name, answer.int16());
  return { id: answer.int64(), epoch: answer.int16() };
}
