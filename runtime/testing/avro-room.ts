import * as fc from 'fast-check';
import { createAvroReader, createAvroWriter } from '../avro/codec.ts';
import { createInMemoryRegistry } from './in-memory-registry.ts';

/** One field of each kind that an event may have. */
export const LEAD_SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Lead',
  fields: [
    { name: 'lead_id', type: 'string' },
    { name: 'visits', type: 'long' },
    { name: 'age', type: ['null', 'int'], default: null },
    { name: 'spent', type: ['null', 'int', 'double'], default: null },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'attributes', type: { type: 'map', values: ['null', 'string', 'double', 'boolean'] } },
    { name: 'origin', type: { type: 'enum', name: 'Origin', symbols: ['WEB', 'FAIR'] } },
  ],
});

/** A record of {@link LEAD_SCHEMA}. */
export interface AvroLead {
  lead_id: string;
  visits: number | bigint;
  age: number | null;
  spent: number | null;
  tags: string[];
  attributes: Record<string, null | string | number | boolean>;
  origin: 'WEB' | 'FAIR';
}

export const avroLead: AvroLead = {
  lead_id: 'lead-1',
  visits: 300,
  age: 44,
  spent: 12.5,
  tags: ['newsletter', 'fair'],
  attributes: { city: 'Ulm', rating: 0.5, vip: true, note: null },
  origin: 'FAIR',
};

/** A registry that has these schemas, a writer for the first and a reader of all of them. */
export async function createAvroRoom(schema = LEAD_SCHEMA, readerSchema?: string) {
  const registry = createInMemoryRegistry();
  const writer = await createAvroWriter<object>(registry, 'leads-value', schema);
  const reader = createAvroReader<Record<string, unknown>>(registry, readerSchema);
  const decode = async (value: Buffer | null) => {
    await reader.prepare([value]);
    return reader.decode(value);
  };
  return { registry, writer, reader, decode };
}

/** Avro bytes of a schema's record, framed. */
export function framed(schemaId: number, ...bytes: number[]): Buffer {
  const value = Buffer.from([0, 0, 0, 0, 0, ...bytes]);
  value.writeInt32BE(schemaId, 1);
  return value;
}

/** Another value with a few of its Avro bytes damaged. */
export function damaged(value: Buffer): fc.Arbitrary<Buffer> {
  const bytes = fc.array(fc.tuple(fc.integer({ min: 5, max: value.length - 1 }), fc.nat(255)), {
    minLength: 1,
    maxLength: 6,
  });
  return bytes.map((damage) => {
    const copy = Buffer.from(value);
    for (const [at, byte] of damage) copy[at] = byte;
    return copy;
  });
}

/** Any record of {@link LEAD_SCHEMA}. */
export function anyAvroLead(): fc.Arbitrary<AvroLead> {
  const text = fc.string({ unit: 'grapheme' });
  return fc.record({
    lead_id: text,
    visits: fc.integer({ min: 1 - 2 ** 52, max: 2 ** 53 - 2 }),
    age: fc.option(fc.integer()),
    // Not -0, which is written as the int 0.
    spent: fc.option(fc.double({ noNaN: true }).map((value) => value + 0)),
    tags: fc.array(text),
    attributes: fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fc.oneof(fc.constant(null), text, fc.double({ noNaN: true }), fc.boolean()),
      { noNullPrototype: true },
    ),
    origin: fc.constantFrom('WEB', 'FAIR'),
  });
}
