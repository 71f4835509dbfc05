import type { PartitionWrite } from '../transactional-writer.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type RecordBatch, writeRecordBatch } from './record-batch.ts';
import { BrokerError, type Request, type RequestBody, requireNoError } from './request.ts';

const ALL_REPLICAS = -1;
const TIMEOUT_MS = 10_000;
/** For the request's own fields before the records, its header and the names in both. */
const ROOM_BYTES = 1_024;
/** No tagged fields of the partition, the topic and the request. */
const AFTER_RECORDS_BYTES = 3;

/**
 * Produce, version 12: one batch for one partition. From this version on the broker adds the partition to the
 * transaction itself (KIP-890).
 * @param maxBytes - that the batch takes: buffers of this size are not copied as they grow.
 */
export function produce(
  transactionalId: string,
  { topic, partition }: Pick<PartitionWrite, 'topic' | 'partition'>,
  batch: RecordBatch,
  maxBytes: number,
): Request<void> {
  // Written once, where they are sent from: what comes before them depends on their length.
  const records = new ByteWriter(maxBytes + AFTER_RECORDS_BYTES, ROOM_BYTES);
  writeRecordBatch(records, batch);
  const head = new ByteWriter().compactString(transactionalId).int16(ALL_REPLICAS).int32(TIMEOUT_MS);
  // One topic, of which one partition.
  head.unsignedVarint(2).compactString(topic).unsignedVarint(2).int32(partition);
  head.unsignedVarint(records.length + 1);
  records.noTags().noTags().noTags();
  const body: RequestBody = {
    before: (header) => records.before(Buffer.concat([header, head.written()])),
  };
  const name = `to write to ${topic}/${partition}`;
  return { name, apiKey: 0, version: 12, body, read: (answer) => readProduced(name, new ByteReader(answer)) };
}

function readProduced(name: string, answer: ByteReader): void {
  const codes = answer.compactArray(() => {
    answer.compactString();
    const ofPartitions = answer.compactArray(() => readPartition(answer));
    answer.tags();
    return ofPartitions;
  });
  const [written] = codes.flat();
  if (written === undefined) throw new BrokerError(name, -1, 'it answered for no partition');
  requireNoError(name, written.code, written.said);
}

function readPartition(answer: ByteReader): { readonly code: number; readonly said: string | null } {
  answer.int32();
  const code = answer.int16();
  // Base offset, log append time, log start.
  for (let field = 0; field < 3; field += 1) answer.int64();
  const ofRecords = answer.compactArray(() => {
    answer.int32();
    const said = answer.compactString();
    answer.tags();
    return said;
  });
  const said = answer.compactString() ?? ofRecords.find((text) => text !== null) ?? null;
  answer.tags();
  return { code, said };
}
