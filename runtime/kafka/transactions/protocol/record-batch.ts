import type { OutputRecord } from '../../record.ts';
import { maxRecordBytes } from '../../send-chunks.ts';
import type { ProducerId } from '../producer-id.ts';
import type { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/** A batch of one partition. */
export interface RecordBatch {
  readonly records: readonly OutputRecord[];
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
const HEADER_BYTES = 61;
/** How many bytes a batch takes at most. */
export function maxBytesOf({ records }: Pick<RecordBatch, 'records'>): number {
  return records.reduce((bytes, record) => bytes + maxRecordBytes(record), HEADER_BYTES);
}

/** Writes a transactional record batch, uncompressed, in format 2 (KIP-98), straight into `out`. */
export function writeRecordBatch(
  out: ByteWriter,
  { records, producer, baseSequence, timestampMs }: RecordBatch,
): void {
  out.int64(0n);
  const lengthAt = out.skip(4);
  out.int32(NO_LEADER_EPOCH).int8(MAGIC);
  const crcAt = out.skip(4);
  const bodyAt = out.length;
  out
    .int16(TRANSACTIONAL)
    .int32(records.length - 1)
    .int64(BigInt(timestampMs))
    .int64(BigInt(timestampMs))
    .int64(producer.id)
    .int16(producer.epoch)
    .int32(baseSequence)
    .int32(records.length);
  records.forEach((record, index) => writeRecord(out, record, index));
  out.patchInt32(lengthAt, out.length - bodyAt + BEFORE_CRC_BYTES + 4);
  out.patchInt32(crcAt, crc32c(out.written(bodyAt)));
}

function writeRecord(out: ByteWriter, { key, value, headers }: OutputRecord, offsetDelta: number): void {
  const encoded = encodeHeaders(headers);
  const keyLength = key?.length ?? -1;
  const valueLength = value?.length ?? -1;
  const length =
    // Attributes, and the timestamp's delta of 0.
    2 +
    sizeOfVarint(offsetDelta) +
    sizeOfVarint(keyLength) +
    Math.max(0, keyLength) +
    sizeOfVarint(valueLength) +
    Math.max(0, valueLength) +
    sizeOfVarint(encoded.length / 2) +
    encoded.reduce((bytes, part) => bytes + sizeOfVarint(part.length) + part.length, 0);
  out.varint(length).int8(0).varint(0).varint(offsetDelta).varintBytes(key).varintBytes(value);
  out.varint(encoded.length / 2);
  for (const part of encoded) out.varintBytes(part);
}

const NO_HEADERS: readonly Buffer[] = [];

/** Names and values in turn. */
function encodeHeaders(headers: OutputRecord['headers']): readonly Buffer[] {
  if (headers === undefined) return NO_HEADERS;
  return Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), bytesOf(value)]);
}

function bytesOf(value: Buffer | string): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function sizeOfVarint(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  // Seven bits a byte; of 0, one.
  return zigzag === 0 ? 1 : Math.ceil((32 - Math.clz32(zigzag)) / 7);
}
