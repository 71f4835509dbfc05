import type { PackedHeaders, PackedRange } from '../../packed-records.ts';
import { NULL_LENGTH } from '../../record.ts';
import type { ProducerId } from '../producer-id.ts';
import type { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/** A batch of one partition. */
export interface RecordBatch {
  readonly range: PackedRange;
  readonly producer: ProducerId;
  /** Of the first record: brokers take a partition's batches of a producer and epoch in this order, each once. */
  readonly baseSequence: number;
  /** Of all its records, epoch milliseconds. */
  readonly timestampMs: number;
}

const MAGIC = 2;
const TRANSACTIONAL = 0x10;
const NO_LEADER_EPOCH = -1;
/** Base offset and length come before what the length counts; leader epoch and magic before the checksum. */
const BEFORE_CRC_BYTES = 5;

/** Writes a transactional record batch, uncompressed, in format 2 (KIP-98), straight into `out`. */
export function writeRecordBatch(
  out: ByteWriter,
  { range, producer, baseSequence, timestampMs }: RecordBatch,
): void {
  const count = range.to - range.from;
  out.int64(0n);
  const lengthAt = out.skip(4);
  out.int32(NO_LEADER_EPOCH).int8(MAGIC);
  const crcAt = out.skip(4);
  const bodyAt = out.length;
  out
    .int16(TRANSACTIONAL)
    .int32(count - 1)
    .int64(BigInt(timestampMs))
    .int64(BigInt(timestampMs))
    .int64(producer.id)
    .int16(producer.epoch)
    .int32(baseSequence)
    .int32(count);
  writeRecords(out, range);
  out.patchInt32(lengthAt, out.length - bodyAt + BEFORE_CRC_BYTES + 4);
  out.patchInt32(crcAt, crc32c(out.written(bodyAt)));
}

function writeRecords(out: ByteWriter, { records, from, to, firstByte }: PackedRange): void {
  const { lengths, headers } = records;
  const bytes = Buffer.from(records.bytes.buffer, records.bytes.byteOffset, records.bytes.length);
  let at = firstByte;
  for (let index = from; index < to; index += 1) {
    const offsetDelta = index - from;
    const keyLength = lengths[2 * index] ?? NULL_LENGTH;
    const valueLength = lengths[2 * index + 1] ?? NULL_LENGTH;
    const encoded = encodeHeaders(headers.get(index));
    const keyEnd = at + Math.max(0, keyLength);
    const valueEnd = keyEnd + Math.max(0, valueLength);
    // Attributes, and the timestamp's delta of 0, take a byte each.
    const length =
      2 +
      sizeOfVarint(offsetDelta) +
      sizeOfVarint(keyLength) +
      sizeOfVarint(valueLength) +
      (valueEnd - at) +
      sizeOfVarint(encoded.length / 2) +
      encoded.reduce((sum, part) => sum + sizeOfVarint(part.length) + part.length, 0);
    out.varint(length).int8(0).varint(0).varint(offsetDelta);
    out.varint(keyLength).slice(bytes, at, keyEnd);
    out.varint(valueLength).slice(bytes, keyEnd, valueEnd);
    out.varint(encoded.length / 2);
    for (const part of encoded) out.varint(part.length).raw(part);
    at = valueEnd;
  }
}

const NO_HEADERS: readonly Uint8Array[] = [];

/** Names and values in turn. */
function encodeHeaders(headers: PackedHeaders | undefined): readonly Uint8Array[] {
  if (headers === undefined) return NO_HEADERS;
  return headers.flatMap(([name, value]) => [Buffer.from(name), bytesOf(value)]);
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function sizeOfVarint(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  // Seven bits a byte; of 0, one.
  return zigzag === 0 ? 1 : Math.ceil((32 - Math.clz32(zigzag)) / 7);
}
