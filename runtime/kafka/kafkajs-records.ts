import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { KafkaRecord, RecordHeaders } from './record.ts';

/** kafkajs's messages from `position` on, as records. */
export function toRecords(messages: readonly KafkaMessage[], position: number): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  for (const message of messages) {
    const offset = Number(message.offset);
    if (offset < position) continue;
    records.push({
      offset,
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: toHeaders(message.headers),
    });
  }
  return records;
}

const NO_HEADERS: RecordHeaders = Object.freeze({});

/** Of a header that occurs several times, the last one; a header without a value is left out. */
function toHeaders(headers: IHeaders | undefined): RecordHeaders {
  if (headers === undefined) return NO_HEADERS;
  const names = Object.keys(headers);
  if (names.length === 0) return NO_HEADERS;
  // Without a prototype: a header may be called __proto__, and after it none could be called length.
  const single = Object.create(null) as Record<string, Buffer | string | undefined>;
  for (const name of names) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    // kafkajs's types don't say that a header's value may be null.
    if (last !== null) single[name] = last;
  }
  return single;
}
