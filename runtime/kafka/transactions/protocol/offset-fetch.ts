import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError } from './request.ts';

const REQUIRE_STABLE = true;

/**
 * OffsetFetch, version 7: a group's next offset in one partition, −1 where none is committed. Refused with
 * UNSTABLE_OFFSET_COMMIT while a transaction that has one of its own for the partition hasn't ended (KIP-447).
 */
export function offsetFetch(groupId: string, topic: string, partition: number): Request<number> {
  const out = new ByteWriter().compactString(groupId);
  out.compactArray([topic], (name) => {
    out.compactString(name).compactArray([partition], (index) => void out.int32(index));
    out.noTags();
  });
  const body = out.boolean(REQUIRE_STABLE).noTags();
  const name = `to tell the offset of ${groupId} in ${topic}/${partition}`;
  return { name, apiKey: 9, version: 7, body, read: (answer) => readOffset(name, new ByteReader(answer)) };
}

function readOffset(name: string, answer: ByteReader): number {
  // Throttled for so long.
  answer.int32();
  const offsets = answer.compactArray(() => {
    answer.compactString();
    const ofTopic = answer.compactArray(() => readPartition(name, answer));
    answer.tags();
    return ofTopic;
  });
  requireNoError(name, answer.int16());
  return offsets.flat()[0] ?? -1;
}

function readPartition(name: string, answer: ByteReader): number {
  answer.int32();
  const offset = Number(answer.int64());
  // The leader's epoch, and what was said with the offset.
  answer.int32();
  answer.compactString();
  requireNoError(name, answer.int16());
  answer.tags();
  return offset;
}
