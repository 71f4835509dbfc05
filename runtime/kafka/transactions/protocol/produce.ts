import type { PartitionWrite } from '../transactional-writer.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type RecordBatch, writeRecordBatch } from './record-batch.ts';
import { BrokerError, type Request, requireNoError } from './request.ts';

const ALL_REPLICAS = -1;
const TIMEOUT_MS = 10_000;
/** The request's own fields, beside names and records. */
const OVERHEAD_BYTES = 64;

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
  const out = new ByteWriter(maxBytes + 3 * (transactionalId.length + topic.length) + OVERHEAD_BYTES);
  // The records' length comes before them and is a varint: they are written apart, and copied once.
  const records = new ByteWriter(maxBytes);
  writeRecordBatch(records, batch);
  out.compactString(transactionalId).int16(ALL_REPLICAS).int32(TIMEOUT_MS);
  out.compactArray([topic], (name) => {
    out.compactString(name).compactArray([partition], (index) => {
      const written = records.written();
      out
        .int32(index)
        .unsignedVarint(written.length + 1)
        .raw(written)
        .noTags();
    });
    out.noTags();
  });
  const body = out.noTags().written();
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
