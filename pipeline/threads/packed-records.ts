import type { KafkaRecord, OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';

/** Records in a form in which they change threads: few buffers, which change hands and aren't copied, and numbers. */
export interface PackedRecords {
  /** Keys and values, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each record two: its key's and its value's; -1 is null. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Of the records that have any, by index. */
  readonly headers: ReadonlyMap<number, PackedHeaders>;
}

/** Names and values. As entries: a header may be called __proto__. */
type PackedHeaders = readonly (readonly [name: string, value: Uint8Array | string])[];
type Headers = Readonly<Record<string, Buffer | string>>;

/** A batch as it was read. */
export interface PackedBatch extends Pick<PartitionBatch, 'topic' | 'partition'> {
  readonly records: PackedRecords;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
}

type Packable = Pick<KafkaRecord | OutputRecord, 'key' | 'value' | 'headers'>;

const NULL = -1;

export function packRecords(records: readonly Packable[]): PackedRecords {
  const lengths = new Int32Array(2 * records.length);
  const headers = new Map<number, PackedHeaders>();
  let size = 0;
  for (const [index, { key, value, headers: own }] of records.entries()) {
    lengths[2 * index] = key?.length ?? NULL;
    lengths[2 * index + 1] = value?.length ?? NULL;
    size += (key?.length ?? 0) + (value?.length ?? 0);
    const packed = packHeaders(own);
    if (packed.length > 0) headers.set(index, packed);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  const put = (part: Buffer | null): void => {
    if (part === null) return;
    bytes.set(part, at);
    at += part.length;
  };
  for (const { key, value } of records) {
    put(key);
    put(value);
  }
  return { bytes, lengths, headers };
}

/** Keys and values are views of the packed bytes. */
export function unpackRecords({ bytes, lengths, headers }: PackedRecords): OutputRecord[] {
  const records: OutputRecord[] = [];
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length === NULL) return null;
    const part = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return part;
  };
  for (let index = 0; 2 * index < lengths.length; index += 1) {
    const key = take(lengths[2 * index] ?? NULL);
    const value = take(lengths[2 * index + 1] ?? NULL);
    records.push({ key, value, headers: unpackHeaders(headers.get(index)) });
  }
  return records;
}

export function packBatch({ records, topic, partition }: PartitionBatch): PackedBatch {
  return {
    topic,
    partition,
    records: packRecords(records),
    offsets: Float64Array.from(records, ({ offset }) => offset),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
  };
}

export function unpackBatch({ topic, partition, ...packed }: PackedBatch): PartitionBatch {
  const records = unpackRecords(packed.records).map(
    ({ key, value, headers = NO_HEADERS }, index): KafkaRecord => ({
      offset: packed.offsets[index] ?? NaN,
      timestamp: packed.timestamps[index] ?? NaN,
      key,
      value,
      headers,
    }),
  );
  return { topic, partition, records };
}

/** What changes hands when they are posted. */
export function buffersOf({ bytes, lengths }: PackedRecords): ArrayBuffer[] {
  return [bytes.buffer, lengths.buffer];
}

const NO_HEADERS: Headers = Object.freeze({});

/** Bytes are copied: of a view of a larger buffer, all of the buffer would be posted. */
function packHeaders(headers: Packable['headers']): PackedHeaders {
  if (headers === undefined) return [];
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, typeof value === 'string' ? value : Uint8Array.from(value)] as const];
  });
}

function unpackHeaders(headers: PackedHeaders | undefined): Headers {
  if (headers === undefined) return NO_HEADERS;
  const unpacked = Object.create(null) as Record<string, Buffer | string>;
  for (const [name, value] of headers) {
    unpacked[name] =
      typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.length);
  }
  return unpacked;
}
