import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';

/** A value that can't be scored, and the code that its dead letter must have. */
export interface MalformedLead {
  readonly kind: string;
  readonly code: string;
  readonly value: Buffer | null;
}

/** One lead event of the demo, by number; each happened `stepMs` after the one before. */
export function leadEvent(number: number, stepMs = 1): object {
  return {
    event_id: `event-${number}`,
    lead_id: `lead-${number}`,
    created_at: 1_210_000_000_000 + number * stepMs,
    age: 20 + (number % 60),
    job: 'services',
    euribor3m: 4.857,
  };
}

/** Writers and wrongs of the demo's leads, in schemas that are registered under `<prefix>…`; as {@link leadEvent}. */
export async function createLeadForge(registryUrl: string, prefix: string, stepMs = 1) {
  const registry = createRegistryClient({ url: registryUrl });
  const schema = contractSchema('lead-created');
  const writer = await createAvroWriter<object>(registry, `${prefix}lead-created-value`, schema);
  const writeAs = async (name: string, text: string, value: unknown): Promise<Buffer> =>
    (await createAvroWriter<unknown>(registry, `${prefix}${name}`, text)).encode(value);
  const good = writer.encode(leadEvent(0));
  const header = good.subarray(0, 5);
  const withHeader = (...bytes: number[]): Buffer => Buffer.concat([header, Buffer.from(bytes)]);
  const withId = (id: number): Buffer => {
    const value = Buffer.from(good);
    value.writeInt32BE(id, 1);
    return value;
  };
  const changed = (changes: object): Buffer => writer.encode({ ...leadEvent(0), ...changes });
  const textual = schema.replace(/("name": "age",\s+"type": \[\s+"null",\s+)"int"/, '$1"string"');
  const jsonSchemaId = await registerJsonSchema(registryUrl, `${prefix}json`);
  const malformed: readonly (readonly [kind: string, code: string, value: Buffer | null])[] = [
    ['a tombstone', 'value.empty', null],
    ['no bytes', 'value.empty', Buffer.alloc(0)],
    ['one byte', 'value.too_short', Buffer.from([0])],
    ['a header cut short', 'value.too_short', good.subarray(0, 4)],
    ['JSON', 'value.bad_magic_byte', Buffer.from(JSON.stringify(leadEvent(0)))],
    ['text', 'value.bad_magic_byte', Buffer.from('lead-0;44;services')],
    ['another magic byte', 'value.bad_magic_byte', Buffer.concat([Buffer.from([1]), good.subarray(1)])],
    ['an unknown schema id', 'schema.unknown', withId(2_000_000_000)],
    ['a negative schema id', 'schema.unknown', withId(-1)],
    ['a schema that is no Avro', 'schema.unreadable', withId(jsonSchemaId)],
    ['a header alone', 'value.malformed', header],
    ['an event cut short', 'value.malformed', good.subarray(0, good.length - 9)],
    ['bytes of something else', 'value.malformed', withHeader(0x80, 0x80, 0x80, 0x80, 0x80, 0x20)],
    ['a union branch that is not there', 'value.malformed', withHeader(2, 97, 2, 98, 0, 99)],
    ['a text longer than memory', 'value.malformed', withHeader(0xfe, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['bytes after the event', 'value.trailing_bytes', Buffer.concat([good, good])],
    ['a number', 'value.not_a_record', await writeAs('number', '"long"', 42)],
    ['no lead id', 'identity.missing', changed({ lead_id: '' })],
    ['a time in microseconds', 'identity.wrong_type', changed({ created_at: 1_210_000_000_000_000 })],
    [
      'a text for a number',
      'feature.wrong_type',
      await writeAs('textual', textual, { ...leadEvent(0), age: 'forty' }),
    ],
    ['an infinity', 'feature.not_finite', changed({ euribor3m: Infinity })],
    ['a number beyond float32', 'feature.not_finite', changed({ nr_employed: -1e300 })],
  ];
  return {
    /** An event of a lead of its own, or of this one. */
    write: (number: number, lead = `lead-${number}`): Buffer =>
      writer.encode({ ...leadEvent(number, stepMs), lead_id: lead }),
    malformed: malformed.map(([kind, code, value]): MalformedLead => ({ kind, code, value })),
  };
}

async function registerJsonSchema(registryUrl: string, subject: string): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      schemaType: 'JSON',
      schema: '{"$schema":"http://json-schema.org/draft-07/schema#"}',
    }),
    signal: AbortSignal.timeout(5_000),
  });
  return ((await response.json()) as { id: number }).id;
}
