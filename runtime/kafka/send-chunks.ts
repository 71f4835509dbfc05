import type { OutputRecord } from './record.ts';

/** A send's cost grows with the square of its messages: 500 is where that begins to show. */
const MAX_MESSAGES = 500;
/** kafkajs makes one record batch of a send and partition; brokers take 1 MiB (message.max.bytes) by default. */
const MAX_BYTES = 800_000;
/** Framing of a record, generously. */
const RECORD_OVERHEAD_BYTES = 80;
/** Two lengths. */
const HEADER_OVERHEAD_BYTES = 10;

/** Cuts records into runs that one send takes, by count and by bytes; a single larger record is a run of its own. */
export function* chunksForSend<R extends OutputRecord>(records: readonly R[]): Generator<readonly R[]> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < records.length; at += 1) {
    const record = records[at];
    const size = record === undefined ? 0 : maxRecordBytes(record);
    if (at > from && (at - from >= MAX_MESSAGES || bytes + size > MAX_BYTES)) {
      yield records.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) yield records.slice(from);
}

/** How many bytes a record takes in a batch, generously. */
function maxRecordBytes({ key, value, headers }: OutputRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + HEADER_OVERHEAD_BYTES;
  return bytes;
}
