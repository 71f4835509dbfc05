import { NULL_LENGTH, type OutputRecord, type RecordHeaders } from './record.ts';

/**
 * Records in few buffers: made, written and handed from thread to thread without an object, and two buffers, for each
 * of them.
 */
export interface PackedRecords {
  /** Keys and values, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each record two: its key's and its value's; -1 is null. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Of the records that have any, by index. */
  readonly headers: ReadonlyMap<number, PackedHeaders>;
}

/** Names and values. As entries: a header may be called __proto__. */
export type PackedHeaders = readonly (readonly [name: string, value: Uint8Array | string])[];

/** Consecutive ones of packed records: those with the indexes `from` up to `to`. */
export interface PackedRange {
  readonly records: PackedRecords;
  readonly from: number;
  readonly to: number;
  /** Where the first one's key begins. */
  readonly firstByte: number;
}

type Packable = Pick<OutputRecord, 'key' | 'value'> & { readonly headers?: RecordHeaders };

export function packRecords(records: readonly Packable[]): PackedRecords {
  const lengths = new Int32Array(2 * records.length);
  const headers = new Map<number, PackedHeaders>();
  let size = 0;
  for (const [index, { key, value, headers: own }] of records.entries()) {
    lengths[2 * index] = key?.length ?? NULL_LENGTH;
    lengths[2 * index + 1] = value?.length ?? NULL_LENGTH;
    size += (key?.length ?? 0) + (value?.length ?? 0);
    const packed = packHeaders(own);
    if (packed.length > 0) headers.set(index, packed);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { key, value } of records) {
    for (const part of [key, value]) {
      if (part === null) continue;
      bytes.set(part, at);
      at += part.length;
    }
  }
  return { bytes, lengths, headers };
}

/** Bytes are copied: of a view of a larger buffer, all of the buffer would go to another thread. */
export function packHeaders(headers: RecordHeaders | undefined): PackedHeaders {
  if (headers === undefined) return [];
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, typeof value === 'string' ? value : new Uint8Array(value)] as const];
  });
}

/** Keys and values are views of the packed bytes. */
export function unpackRecords({ bytes, lengths, headers }: PackedRecords): OutputRecord[] {
  const records: OutputRecord[] = [];
  let at = 0;
  const take = (length = NULL_LENGTH): Buffer | null => {
    if (length === NULL_LENGTH) return null;
    const part = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return part;
  };
  for (let index = 0; index < lengths.length / 2; index += 1) {
    const key = take(lengths[2 * index]);
    const value = take(lengths[2 * index + 1]);
    records.push({ key, value, headers: unpackHeaders(headers.get(index)) });
  }
  return records;
}

/** All of them, one after another. */
export function joinPacked(parts: readonly PackedRecords[]): PackedRecords {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const sum = (of: (part: PackedRecords) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const bytes = new Uint8Array(sum((part) => part.bytes.length));
  const lengths = new Int32Array(sum((part) => part.lengths.length));
  const headers = new Map<number, PackedHeaders>();
  let [atByte, atLength] = [0, 0];
  for (const part of parts) {
    for (const [index, own] of part.headers) headers.set(atLength / 2 + index, own);
    bytes.set(part.bytes, atByte);
    lengths.set(part.lengths, atLength);
    atByte += part.bytes.length;
    atLength += part.lengths.length;
  }
  return { bytes, lengths, headers };
}

export function countOf({ lengths }: PackedRecords): number {
  return lengths.length / 2;
}

/** What changes hands, and isn't copied, where they are posted to another thread. */
export function buffersOf({ bytes, lengths }: PackedRecords): ArrayBuffer[] {
  return [bytes.buffer, lengths.buffer];
}

const NO_HEADERS: Readonly<Record<string, Buffer | string>> = Object.freeze({});

function unpackHeaders(headers: PackedHeaders | undefined): Readonly<Record<string, Buffer | string>> {
  if (headers === undefined) return NO_HEADERS;
  const unpacked = Object.create(null) as Record<string, Buffer | string>;
  for (const [name, value] of headers) {
    unpacked[name] =
      typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.length);
  }
  return unpacked;
}
