import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Rejection } from './rejection.ts';

/** Who gave a record up: a candidate's dead letters aren't production's. */
export interface FailedScorer {
  readonly role: Role;
  readonly model: string;
  readonly version: string;
}

type RecordHeaders = Readonly<Record<string, Buffer | string>>;

/** Of a record: the headers that say what happened, and Kafka's own frame. */
const FRAME_BYTES = 4_096;

/**
 * A rejected record as it came, byte for byte and with its own headers, with the reason and where it stood. One that
 * was compressed on its way can be larger than any topic takes: its value and own headers then stay where they are,
 * and `dlq.omitted.bytes` says so.
 * @param topicBytes - the dead letters' topic's `max.message.bytes`.
 */
export function toDeadLetter(
  { record, code, message, schemaId }: Rejection,
  source: Pick<PartitionBatch, 'topic' | 'partition'>,
  failedAtMs: number,
  scorer: FailedScorer,
  topicBytes: number,
): OutputRecord {
  const maxBytes = topicBytes - FRAME_BYTES;
  const { key, value } = record;
  const provenance = {
    'dlq.error.code': code,
    'dlq.error.message': message,
    'dlq.source.topic': source.topic,
    'dlq.source.partition': String(source.partition),
    'dlq.source.offset': String(record.offset),
    'dlq.schema.id': schemaId === undefined ? '' : String(schemaId),
    'dlq.failed_at': new Date(failedAtMs).toISOString(),
    'dlq.role': scorer.role,
    'dlq.model': `${scorer.model}@${scorer.version}`,
  };
  const own = ownHeaders(record.headers);
  const bytes = (key?.length ?? 0) + (value?.length ?? 0) + bytesOf(own);
  if (bytes <= maxBytes) return { key, value, headers: { ...own, ...provenance } };
  const keptKey = key !== null && key.length > maxBytes ? null : key;
  return { key: keptKey, value: null, headers: { ...provenance, 'dlq.omitted.bytes': String(bytes) } };
}

function ownHeaders(headers: Rejection['record']['headers']): RecordHeaders {
  // By entries: assigned by name, a header that is called __proto__ would be none.
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, Buffer | string] => entry[1] !== undefined),
  );
}

function bytesOf(headers: RecordHeaders): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
