import { createRequire } from 'node:module';
import { FetchedRecord, NO_HEADERS_FROM, NULL_LENGTH, toFetchedRecord } from '../record.ts';
import { VarintReader } from '../varint-reader.ts';

/** Records that were written together, by one producer; of a transaction, or a marker of one's end. */
export interface FetchedRecordBatch {
  /** Of what was written: compaction may have taken the first and the last of its records. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** A marker's record says how a transaction ended. */
  readonly isControl: boolean;
  readonly inTransaction: boolean;
  readonly producerId: string;
  readonly records: readonly FetchedRecord[];
}

/** What is used of kafkajs's decoder of bytes. */
export interface FetchDecoder {
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer;
}

/** Where the fields of a batch of format 2 stand (KIP-98). */
const LENGTH_AT = 8;
const AFTER_LENGTH = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const MAGIC = 2;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/**
 * In place of kafkajs 2.2.4's `decodeMessages`: a fetch's records of one partition, batch by batch, each record where it
 * stands. kafkajs makes a dozen objects of each, and copies headers anew with each one more: 8,000 of them, 60 KB, took
 * it longer than a session.
 */
export async function decodeRecordBatches(decoder: FetchDecoder): Promise<readonly FetchedRecordBatch[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const bytes = decoder.readBytes(size);
  if (bytes.length > MAGIC_AT && bytes[MAGIC_AT] !== MAGIC) return decodeOldFormat(bytes);
  const batches: FetchedRecordBatch[] = [];
  // A fetch may end within a batch, which the next one begins with then.
  for (let from = 0; bytes.length - from >= RECORDS_AT; from = endOf(bytes, from)) {
    if (endOf(bytes, from) > bytes.length || bytes[from + MAGIC_AT] !== MAGIC) break;
    batches.push(await decodeBatch(bytes, from));
  }
  return batches;
}

function endOf(bytes: Buffer, from: number): number {
  const end = from + AFTER_LENGTH + bytes.readInt32BE(from + LENGTH_AT);
  if (end < from + RECORDS_AT)
    throw new RangeError('a record batch says that it is shorter than its own fields');
  return end;
}

async function decodeBatch(bytes: Buffer, from: number): Promise<FetchedRecordBatch> {
  const attributes = bytes.readInt16BE(from + ATTRIBUTES_AT);
  const firstOffset = int64At(bytes, from);
  const codec = lookupCodecByAttributes(attributes);
  const [recordBytes, recordsFrom, recordsEnd] =
    codec === null
      ? ([bytes, from + RECORDS_AT, endOf(bytes, from)] as const)
      : within(await codec.decompress(bytes.subarray(from + RECORDS_AT, endOf(bytes, from))));
  const isAppendTime = (attributes & LOG_APPEND_TIME) > 0;
  return {
    firstOffset,
    lastOffset: firstOffset + bytes.readInt32BE(from + LAST_OFFSET_DELTA_AT),
    isControl: (attributes & CONTROL) > 0,
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    producerId: String(bytes.readBigInt64BE(from + PRODUCER_ID_AT)),
    records: decodeRecords(new VarintReader(recordBytes, recordsFrom, recordsEnd), recordBytes, {
      count: bytes.readInt32BE(from + COUNT_AT),
      firstOffset,
      firstTimestamp: int64At(bytes, from + FIRST_TIMESTAMP_AT),
      appendedAt: isAppendTime ? int64At(bytes, from + MAX_TIMESTAMP_AT) : undefined,
    }),
  };
}

function within(bytes: Buffer): readonly [Buffer, number, number] {
  return [bytes, 0, bytes.length];
}

interface BatchContext {
  readonly count: number;
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  /** Where the log's time counts, and not the producer's. */
  readonly appendedAt: number | undefined;
}

function decodeRecords(reader: VarintReader, bytes: Buffer, context: BatchContext): FetchedRecord[] {
  const { count, firstOffset, firstTimestamp, appendedAt } = context;
  const records: FetchedRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = reader.varint();
    const end = reader.at + length;
    // Attributes: none are defined.
    reader.skip(1);
    const timestamp = firstTimestamp + reader.varint();
    const offset = firstOffset + reader.varint();
    const keyLength = Math.max(NULL_LENGTH, reader.varint());
    const keyFrom = reader.at;
    reader.skip(keyLength);
    const valueLength = Math.max(NULL_LENGTH, reader.varint());
    const valueFrom = reader.at;
    reader.skip(valueLength);
    const headersAt = reader.at;
    const headersFrom = skipHeaders(reader) > 0 ? headersAt : NO_HEADERS_FROM;
    if (reader.at !== end) throw new RangeError(`the record at offset ${offset} is not as long as it says`);
    const parts = { keyFrom, keyLength, valueFrom, valueLength, headersFrom, end };
    records.push(new FetchedRecord(offset, appendedAt ?? timestamp, bytes, parts));
  }
  return records;
}

/** Their number. */
function skipHeaders(reader: VarintReader): number {
  const count = reader.varint();
  for (let header = 0; header < count; header += 1) {
    reader.skip(reader.varint());
    reader.skip(reader.varint());
  }
  return count;
}

/** Of message sets, as brokers before 4.0 still hold them from before 0.11: kafkajs's own decoder reads them. */
async function decodeOldFormat(bytes: Buffer): Promise<readonly FetchedRecordBatch[]> {
  const messages = await decodeMessageSet(new Decoder(bytes), bytes.length);
  const records = messages.map(({ offset, timestamp, key, value }) =>
    toFetchedRecord({ offset: Number(offset), timestamp: Number(timestamp), key, value, headers: {} }),
  );
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return [];
  const transaction = { isControl: false, inTransaction: false, producerId: '-1' };
  return [{ firstOffset: first.offset, lastOffset: last.offset, ...transaction, records }];
}

/** Exact up to 2^53. */
function int64At(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

interface OldMessage {
  readonly offset: string;
  readonly timestamp?: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => FetchDecoder;
const decodeMessageSet = require('kafkajs/src/protocol/messageSet/decoder.js') as (
  decoder: FetchDecoder,
  size: number,
) => Promise<readonly OldMessage[]>;
const { lookupCodecByAttributes } = require('kafkajs/src/protocol/message/compression/index.js') as {
  lookupCodecByAttributes(attributes: number): { decompress(bytes: Buffer): Promise<Buffer> } | null;
};
