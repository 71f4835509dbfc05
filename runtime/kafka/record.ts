import { type HeaderPairs, readHeaders, writeHeaders } from './record-headers.ts';

export type RecordHeaders = Readonly<Record<string, Buffer | string | undefined>>;

/** A record that was read. */
export interface KafkaRecord {
  /** A number: exact up to 2^53. */
  readonly offset: number;
  /** Kafka's timestamp, epoch milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** The length of what is null. */
export const NULL_LENGTH = -1;
/** Where the headers begin of a record that has none. */
export const NO_HEADERS_FROM = -1;

/** Where the parts of a record stand in bytes that it shares with others. */
export interface RecordParts {
  readonly keyFrom: number;
  readonly keyLength: number;
  readonly valueFrom: number;
  readonly valueLength: number;
  /** Their count comes first, as in Kafka's record format 2. */
  readonly headersFrom: number;
  /** Where the record ends. */
  readonly end: number;
}

/**
 * A record where it was fetched. It stands in bytes that it shares with the others of a fetch: its key, value and headers are
 * made when they are asked for, which of a backlog hardly any are.
 */
export class FetchedRecord implements KafkaRecord, RecordParts {
  readonly offset: number;
  readonly timestamp: number;
  readonly bytes: Buffer;
  readonly keyFrom: number;
  readonly keyLength: number;
  readonly valueFrom: number;
  readonly valueLength: number;
  readonly headersFrom: number;
  readonly end: number;

  constructor(offset: number, timestamp: number, bytes: Buffer, parts: RecordParts) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.bytes = bytes;
    this.keyFrom = parts.keyFrom;
    this.keyLength = parts.keyLength;
    this.valueFrom = parts.valueFrom;
    this.valueLength = parts.valueLength;
    this.headersFrom = parts.headersFrom;
    this.end = parts.end;
  }

  get key(): Buffer | null {
    return this.#part(this.keyFrom, this.keyLength);
  }

  get value(): Buffer | null {
    return this.#part(this.valueFrom, this.valueLength);
  }

  /** Of a header that occurs several times, the last one; a header without a value is left out. */
  get headers(): RecordHeaders {
    if (this.headersFrom === NO_HEADERS_FROM) return NO_HEADERS;
    return toHeaders(readHeaders(this.bytes, this.headersFrom));
  }

  #part(from: number, length: number): Buffer | null {
    return length === NULL_LENGTH ? null : this.bytes.subarray(from, from + length);
  }
}

/** In bytes of its own. */
export function toFetchedRecord({ offset, timestamp, key, value, headers }: KafkaRecord): FetchedRecord {
  const pairs = toPairs(headers);
  const keyLength = key?.length ?? 0;
  const headersFrom = keyLength + (value?.length ?? 0);
  const bytes = Buffer.concat([
    key ?? EMPTY,
    value ?? EMPTY,
    ...(pairs.length > 0 ? [writeHeaders(pairs)] : []),
  ]);
  return new FetchedRecord(offset, timestamp, bytes, {
    keyFrom: 0,
    keyLength: key?.length ?? NULL_LENGTH,
    valueFrom: keyLength,
    valueLength: value?.length ?? NULL_LENGTH,
    headersFrom: pairs.length > 0 ? headersFrom : NO_HEADERS_FROM,
    end: bytes.length,
  });
}

/** Consecutive records of one partition, in offset order; offsets may have gaps (markers, compaction). */
export interface PartitionBatch<Records extends RecordSequence = readonly FetchedRecord[]> {
  readonly topic: string;
  readonly partition: number;
  readonly records: Records;
}

/** Records that are there, or are made when some of them are asked for. */
export interface RecordSequence {
  readonly length: number;
  slice(from: number, to: number): readonly FetchedRecord[];
}

/** A record to be written; its topic and partition are decided by whoever writes it. */
export interface OutputRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

const EMPTY = Buffer.alloc(0);
const NO_HEADERS: RecordHeaders = Object.freeze({});

function toHeaders(pairs: HeaderPairs): RecordHeaders {
  // Without a prototype: a header may be called __proto__, and after it none could be called length.
  const headers = Object.create(null) as Record<string, Buffer | undefined>;
  for (const [name, value] of pairs) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  return headers;
}

function toPairs(headers: RecordHeaders): HeaderPairs {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Buffer.from(value)] as const],
  );
}
