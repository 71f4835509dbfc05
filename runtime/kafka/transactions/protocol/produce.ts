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

/** One record batch, and where it goes. */
export interface PartitionBatch extends Pick<PartitionWrite, 'topic' | 'partition'> {
  readonly batch: RecordBatch;
  /** That the batch takes: buffers of this size are not copied as they grow. */
  readonly maxBytes: number;
}

/**
 * Produce, version 12: a batch for each of some partitions. From this version on the broker adds the partitions to the
 * transaction itself (KIP-890).
 */
export function produce(transactionalId: string, batches: readonly PartitionBatch[]): Request<void> {
  const topics = [...Map.groupBy(batches, ({ topic }) => topic)];
  const start = new ByteWriter().compactString(transactionalId).int16(ALL_REPLICAS).int32(TIMEOUT_MS);
  start.unsignedVarint(topics.length + 1);
  const parts = topics.flatMap(([topic, ofTopic], t) => {
    const isLastTopic = t === topics.length - 1;
    return ofTopic.map(({ partition, batch, maxBytes }, p) => {
      const head = t === 0 && p === 0 ? start : new ByteWriter();
      if (p === 0) head.compactString(topic).unsignedVarint(ofTopic.length + 1);
      const records = new ByteWriter(maxBytes + AFTER_RECORDS_BYTES, ROOM_BYTES);
      writeRecordBatch(records, batch);
      head.int32(partition).unsignedVarint(records.length + 1);
      records.noTags();
      if (p === ofTopic.length - 1) records.noTags();
      if (p === ofTopic.length - 1 && isLastTopic) records.noTags();
      return { head: head.written(), records };
    });
  });
  // Of one partition they are written once, where they are sent from: what comes before them depends on their length.
  const body: RequestBody = {
    before(header) {
      const written = parts.map(({ head, records }, i) =>
        records.before(i === 0 ? Buffer.concat([header, head]) : head),
      );
      const [only] = written;
      return written.length === 1 && only !== undefined ? only : Buffer.concat(written);
    },
  };
  const targets = topics.map(([topic, of]) => `${topic}/${of.map(({ partition }) => partition).join(',')}`);
  const name = `to write to ${targets.join(' and ')}`;
  const read = (answer: Buffer): void => readProduced(name, batches.length, new ByteReader(answer));
  return { name, apiKey: 0, version: 12, body, read };
}

function readProduced(name: string, partitions: number, answer: ByteReader): void {
  const written = answer
    .compactArray(() => {
      answer.compactString();
      const ofPartitions = answer.compactArray(() => readPartition(answer));
      answer.tags();
      return ofPartitions;
    })
    .flat();
  if (written.length < partitions) throw new BrokerError(name, -1, 'it answered for fewer partitions');
  for (const { code, said } of written) requireNoError(name, code, said);
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
