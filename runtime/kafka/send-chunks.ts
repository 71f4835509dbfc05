import type { OutputRecord } from './record.ts';

/** A send's cost grows with the square of its messages: 500 is where that begins to show. */
const MAX_MESSAGES = 500;
/** kafkajs makes one record batch of a send and partition; brokers take 1 MiB (message.max.bytes) by default. */
const MAX_BYTES = 800_000;
/** Framing of a record, generously. */
const RECORD_OVERHEAD_BYTES = 80;

/** Cuts records into runs that one send takes, by count and by bytes; a single larger record is a run of its own. */
export function* chunksForSend<R extends OutputRecord>(
  records: readonly R[],
  maxMessages = MAX_MESSAGES,
): Generator<readonly R[]> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < records.length; at += 1) {
    const size = sizeOf(records[at]);
    if (at > from && (at - from >= maxMessages || bytes + size > MAX_BYTES)) {
      yield records.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) yield records.slice(from);
}

function sizeOf(record: OutputRecord | undefined): number {
  if (record === undefined) return 0;
  let bytes = RECORD_OVERHEAD_BYTES + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0) + 2;
  return bytes;
}
