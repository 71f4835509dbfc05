import type { CommittedOffsets } from '../transactional-writer.ts';
import type { ProducerId } from '../producer-id.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError } from './request.ts';

const NOBODY = { memberId: '', generationId: -1 };
const NO_LEADER_EPOCH = -1;

/**
 * TxnOffsetCommit, version 5: the broker adds the group to the transaction itself (KIP-890), and refuses a member that
 * isn't one any more, or of an earlier generation (KIP-447).
 */
export function txnOffsetCommit(
  transactionalId: string,
  producer: ProducerId,
  { groupId, topic, next, member = NOBODY }: CommittedOffsets,
): Request<void> {
  const out = new ByteWriter();
  out.compactString(transactionalId).compactString(groupId).int64(producer.id).int16(producer.epoch);
  out.int32(member.generationId).compactString(member.memberId).compactString(null);
  out.compactArray([topic], (name) => {
    out.compactString(name).compactArray([...next], ([partition, offset]) => {
      out.int32(partition).int64(BigInt(offset)).int32(NO_LEADER_EPOCH).compactString(null).noTags();
    });
    out.noTags();
  });
  const body = out.noTags();
  const name = `to commit an offset of ${groupId} in ${topic}/${[...next.keys()].join(',')}`;
  return {
    name,
    apiKey: 28,
    version: 5,
    body,
    read: (answer) => readCommitted(name, new ByteReader(answer)),
  };
}

function readCommitted(name: string, answer: ByteReader): void {
  answer.int32();
  answer.compactArray(() => {
    answer.compactString();
    answer.compactArray(() => {
      answer.int32();
      requireNoError(name, answer.int16());
      answer.tags();
    });
    answer.tags();
  });
}
