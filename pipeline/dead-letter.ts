import type { OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Rejection } from './rejection.ts';

/** A rejected record as it came, byte for byte and with its own headers, with the reason and where it stood. */
export function toDeadLetter(
  { record, code, message, schemaId }: Rejection,
  source: Pick<PartitionBatch, 'topic' | 'partition'>,
  failedAtMs: number,
): OutputRecord {
  const headers: Record<string, Buffer | string> = {};
  for (const [name, value] of Object.entries(record.headers)) if (value !== undefined) headers[name] = value;
  return {
    key: record.key,
    value: record.value,
    headers: {
      ...headers,
      'dlq.error.code': code,
      'dlq.error.message': message,
      'dlq.source.topic': source.topic,
      'dlq.source.partition': String(source.partition),
      'dlq.source.offset': String(record.offset),
      'dlq.schema.id': schemaId === undefined ? '' : String(schemaId),
      'dlq.failed_at': new Date(failedAtMs).toISOString(),
    },
  };
}
