import avsc, { type Type } from 'avsc';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadMessage } from './script.ts';

/** Avro in Confluent's framing: a zero, the schema's id, the record. */
export interface Registry {
  /** Decodes each message with its writer's schema, which is asked for once. Throws of one that isn't Avro. */
  decode(messages: readonly LeadMessage[]): Promise<readonly LeadEvent[]>;
  /** Encodes records of the newest schema of a subject, fields with a default may be left out. */
  openWriter(subject: string): Promise<(record: Readonly<Record<string, unknown>>) => Buffer>;
}

const HEADER_BYTES = 5;
const TIMEOUT_MS = 10_000;
/** Of some hundred scores, one after another, so that there is no allocation for each. */
const SLAB_BYTES = 65_536;

/** A client of the registry's Confluent API. */
export function openRegistry(url: string): Registry {
  const types = new Map<number, Type>();
  const typeOf = async (id: number): Promise<Type> => {
    const { schema } = await ask<{ schema: string }>(`${url}/schemas/ids/${id}`);
    const type = parseType(schema);
    types.set(id, type);
    return type;
  };
  return {
    async decode(messages) {
      const events: LeadEvent[] = [];
      for (const { value } of messages) {
        if (!value || value.length < HEADER_BYTES || value[0] !== 0)
          throw new Error('a value is not framed Avro');
        const id = value.readInt32BE(1);
        const type = types.get(id) ?? (await typeOf(id));
        events.push(type.decode(value, HEADER_BYTES).value as LeadEvent);
      }
      return events;
    },
    async openWriter(subject) {
      const latest = `${url}/subjects/${encodeURIComponent(subject)}/versions/latest`;
      const { id, schema } = await ask<{ id: number; schema: string }>(latest);
      return createWriter(id, parseType(schema));
    },
  };
}

function createWriter(id: number, type: Type): (record: Readonly<Record<string, unknown>>) => Buffer {
  let slab = Buffer.allocUnsafe(SLAB_BYTES);
  let used = 0;
  return function encode(record) {
    const end = type.encode(record, slab, used + HEADER_BYTES);
    if (end < 0) {
      if (used === 0) throw new RangeError(`a record is larger than ${SLAB_BYTES} bytes`);
      slab = Buffer.allocUnsafe(SLAB_BYTES);
      used = 0;
      return encode(record);
    }
    slab[used] = 0;
    slab.writeInt32BE(id, used + 1);
    const written = slab.subarray(used, end);
    used = end;
    return written;
  };
}

function parseType(schema: string): Type {
  return avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema);
}

async function ask<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Answer;
}
