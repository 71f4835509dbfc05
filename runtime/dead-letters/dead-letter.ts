import type { KafkaRecord, RecordHeaders } from '../kafka/record.ts';

/** A record that could not be scored, as it stands on the dead letters' topic: docs/dead-letters.md. */
export interface DeadLetter {
  readonly partition: number;
  readonly offset: number;
  readonly code: string;
  /** What and where, never the lead's data. */
  readonly message: string;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** Null where the record names none. */
  readonly schemaId: number | null;
  /** ISO 8601. */
  readonly failedAt: string;
  /** Who gave it up: production | shadow. */
  readonly role: string;
  /** `<name>@<version>`. */
  readonly model: string;
  /** Size of a record whose value and headers were left out as they don't fit; null: they are here. */
  readonly omittedBytes: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The record's own, without those of this failure or an earlier one. */
  readonly headers: Readonly<Record<string, Buffer | string>>;
}

/** How a letter is named: `<partition>/<offset>`. */
export function letterId({ partition, offset }: Pick<DeadLetter, 'partition' | 'offset'>): string {
  return `${partition}/${offset}`;
}

/** Reads a record's headers; what somebody else has written to the topic is a letter with the code `unknown`. */
export function toDeadLetterOf(
  partition: number,
  { offset, timestamp, key, value, headers }: KafkaRecord,
): DeadLetter {
  const text = (name: string): string => headers[`dlq.${name}`]?.toString() ?? '';
  const number = (name: string): number | null => {
    const read = Number(text(name));
    return text(name) === '' || !Number.isFinite(read) ? null : read;
  };
  return {
    partition,
    offset,
    code: text('error.code') || 'unknown',
    message: text('error.message'),
    source: {
      topic: text('source.topic'),
      partition: number('source.partition') ?? -1,
      offset: number('source.offset') ?? -1,
    },
    schemaId: number('schema.id'),
    failedAt: readTime(text('failed_at')) ?? readTime(timestamp) ?? new Date(0).toISOString(),
    role: text('role') || 'production',
    model: text('model'),
    omittedBytes: number('omitted.bytes'),
    key,
    value,
    headers: ownHeaders(headers),
  };
}

/** As ISO 8601; undefined for what is no time: a letter without one would be in no span that is asked for. */
function readTime(time: string | number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function ownHeaders(headers: RecordHeaders): Record<string, Buffer | string> {
  // By entries: assigned by name, a header that is called __proto__ would be none.
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, Buffer | string] => entry[1] !== undefined && !entry[0].startsWith('dlq.'),
    ),
  );
}
