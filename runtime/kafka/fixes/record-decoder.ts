/** What is used of kafkajs's decoder of bytes. */
export interface RecordBytes {
  readInt8(): number;
  readVarLong(): { toString(): string };
  readVarInt(): number;
  readVarIntBytes(): Buffer | null;
  readVarIntString(): string;
}

/** What kafkajs knows of the batch that a record stands in. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
  readonly timestampType?: number;
  readonly maxTimestamp?: string;
}

type HeaderValue = Buffer | null | (Buffer | null)[];

const LOG_APPEND_TIME = 1;

/**
 * Decodes a record of format 2 as kafkajs 2.2.4 does, but for its headers, which it copies anew with each one more: 8,000
 * of them, 60 KB, took it longer than a session. And a header may be called as what every object has
 * (`toString`): kafkajs took that for one that had come before.
 */
export function decodeRecord(bytes: RecordBytes, batchContext: BatchContext) {
  const { firstOffset, firstTimestamp, magicByte, isControlBatch = false } = batchContext;
  const attributes = bytes.readInt8();
  const timestampDelta = Number(bytes.readVarLong());
  const isAppendTime = batchContext.timestampType === LOG_APPEND_TIME && batchContext.maxTimestamp;
  const timestamp = isAppendTime
    ? batchContext.maxTimestamp
    : String(Number(firstTimestamp) + timestampDelta);
  const offset = String(Number(firstOffset) + bytes.readVarInt());
  const key = bytes.readVarIntBytes();
  const value = bytes.readVarIntBytes();
  const headers = decodeHeaders(bytes);
  const isControlRecord = isControlBatch;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext };
}

/** Most records have none: an object without a prototype is a table of its own, for each of them. */
const NO_HEADERS: Readonly<Record<string, HeaderValue>> = Object.freeze(
  Object.create(null) as Record<string, HeaderValue>,
);

function decodeHeaders(bytes: RecordBytes): Readonly<Record<string, HeaderValue>> {
  const count = bytes.readVarInt();
  if (count === 0) return NO_HEADERS;
  const headers = Object.create(null) as Record<string, HeaderValue>;
  for (let header = 0; header < count; header += 1) {
    const name = bytes.readVarIntString();
    const value = bytes.readVarIntBytes();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  return headers;
}
