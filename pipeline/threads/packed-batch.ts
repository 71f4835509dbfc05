import {
  FetchedRecord,
  NO_HEADERS_FROM,
  NULL_LENGTH,
  type PartitionBatch,
  type RecordParts,
  type RecordSequence,
} from '@scoreline/runtime/kafka/record.ts';

/** A batch as it was read, for another thread: few buffers, which change hands. */
export interface PackedBatch extends Pick<PartitionBatch, 'topic' | 'partition'> {
  /** The records as they stood, with the few bytes between them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** Six of each record: its parts in the bytes. */
  readonly parts: Int32Array<ArrayBuffer>;
}

const PARTS = 6;
/** A record's own frame is shorter; what is further away was left out, and may be long. */
const LONGEST_GAP = 128;

/** Records that stand side by side, and where they go. */
interface Stretch {
  readonly bytes: Buffer;
  readonly from: number;
  to: number;
  readonly at: number;
}

export function packBatch({ records, topic, partition }: PartitionBatch): PackedBatch {
  const offsets = new Float64Array(records.length);
  const timestamps = new Float64Array(records.length);
  const parts = new Int32Array(PARTS * records.length);
  const stretches: Stretch[] = [];
  let stretch: Stretch | undefined;
  let size = 0;
  for (const [index, record] of records.entries()) {
    if (stretch === undefined || !follows(record, stretch)) {
      stretch = { bytes: record.bytes, from: record.keyFrom, to: record.keyFrom, at: size };
      stretches.push(stretch);
    }
    size += record.end - stretch.to;
    stretch.to = record.end;
    offsets[index] = record.offset;
    timestamps[index] = record.timestamp;
    writeParts(parts, index, record, stretch.at - stretch.from);
  }
  const bytes = new Uint8Array(size);
  for (const { bytes: shared, from, to, at } of stretches) bytes.set(shared.subarray(from, to), at);
  return { topic, partition, bytes, offsets, timestamps, parts };
}

/** Its records are made as they are asked for: few live at a time. */
export function unpackBatch({ topic, partition, ...packed }: PackedBatch): PartitionBatch<RecordSequence> {
  const shared = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.length);
  const { length } = packed.offsets;
  const recordAt = (index: number): FetchedRecord =>
    new FetchedRecord(
      packed.offsets[index] ?? NaN,
      packed.timestamps[index] ?? NaN,
      shared,
      readParts(packed.parts, index),
    );
  const slice = (from: number, to: number): FetchedRecord[] => {
    const records: FetchedRecord[] = [];
    for (let index = from; index < Math.min(to, length); index += 1) records.push(recordAt(index));
    return records;
  };
  return { topic, partition, records: { length, slice } };
}

/** What changes hands where the batch is posted. */
export function buffersOfBatch({ bytes, offsets, timestamps, parts }: PackedBatch): ArrayBuffer[] {
  return [bytes.buffer, offsets.buffer, timestamps.buffer, parts.buffer];
}

function follows({ bytes, keyFrom }: FetchedRecord, stretch: Stretch): boolean {
  return bytes === stretch.bytes && keyFrom >= stretch.to && keyFrom - stretch.to <= LONGEST_GAP;
}

function writeParts(parts: Int32Array, index: number, record: FetchedRecord, moved: number): void {
  const at = PARTS * index;
  parts[at] = record.keyFrom + moved;
  parts[at + 1] = record.keyLength;
  parts[at + 2] = record.valueFrom + moved;
  parts[at + 3] = record.valueLength;
  parts[at + 4] = record.headersFrom === NO_HEADERS_FROM ? NO_HEADERS_FROM : record.headersFrom + moved;
  parts[at + 5] = record.end + moved;
}

function readParts(parts: Int32Array, index: number): RecordParts {
  const at = PARTS * index;
  return {
    keyFrom: parts[at] ?? 0,
    keyLength: parts[at + 1] ?? NULL_LENGTH,
    valueFrom: parts[at + 2] ?? 0,
    valueLength: parts[at + 3] ?? NULL_LENGTH,
    headersFrom: parts[at + 4] ?? NO_HEADERS_FROM,
    end: parts[at + 5] ?? 0,
  };
}
