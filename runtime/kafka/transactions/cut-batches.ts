import type { PackedHeaders, PackedRange, PackedRecords } from '../packed-records.ts';

/** Brokers take record batches of 1 MiB (message.max.bytes) by default. */
const MAX_BYTES = 800_000;
/** Of a batch's own fields. */
const BATCH_BYTES = 61;
/** Of a record's lengths and deltas, at most. */
const RECORD_BYTES = 32;
/** Two lengths. */
const HEADER_BYTES = 10;

/** Records that fit a batch, and how many bytes it takes at most. */
export interface CutBatch extends PackedRange {
  readonly maxBytes: number;
}

/** Cuts records into batches that a broker takes; a single larger record is a batch of its own. */
export function* cutBatches(records: PackedRecords): Generator<CutBatch> {
  const { lengths, headers } = records;
  const count = lengths.length / 2;
  let [from, firstByte, at, maxBytes] = [0, 0, 0, BATCH_BYTES];
  for (let index = 0; index < count; index += 1) {
    const size = Math.max(0, lengths[2 * index] ?? 0) + Math.max(0, lengths[2 * index + 1] ?? 0);
    const bytes = RECORD_BYTES + size + sizeOfHeaders(headers.get(index));
    if (index > from && maxBytes + bytes > MAX_BYTES) {
      yield { records, from, to: index, firstByte, maxBytes };
      [from, firstByte, maxBytes] = [index, at, BATCH_BYTES];
    }
    maxBytes += bytes;
    at += size;
  }
  if (from < count) yield { records, from, to: count, firstByte, maxBytes };
}

function sizeOfHeaders(headers: PackedHeaders | undefined): number {
  if (headers === undefined) return 0;
  return headers.reduce((bytes, [name, value]) => {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
    return bytes + HEADER_BYTES + Buffer.byteLength(name) + length;
  }, 0);
}
