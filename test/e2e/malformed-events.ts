import { createAvroWriter, writerFor } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, type RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { IsolatedEnv } from '../support/isolated-env.ts';

/** One way in which a lead event can be wrong, and the dead letter's code that it must get. */
export interface MalformedKind {
  readonly name: string;
  readonly code: string;
  /** What `dlq.schema.id` must say; '' where the bytes name no schema. */
  readonly schemaId: string;
  readonly value: Buffer | null;
}

const UNKNOWN_SCHEMA_ID = 99_999_999;
const GOOD_EVENT = {
  event_id: 'e',
  lead_id: 'l',
  created_at: Date.UTC(2008, 4, 5),
  age: 40,
  job: 'technician',
};

/** Twenty kinds; those that Avro can say well, but not this model's leads, have a schema of their own. */
export async function makeMalformedKinds(env: IsolatedEnv): Promise<readonly MalformedKind[]> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const lead = await createAvroWriter(
    registry,
    `${env.TOPIC_PREFIX}lead-created-value`,
    contractSchema('lead-created'),
  );
  const good = lead.encode(GOOD_EVENT);
  const id = String(lead.schemaId);
  const framed = (schemaId: number, bytes: Buffer): Buffer => {
    const header = Buffer.alloc(5);
    header.writeInt32BE(schemaId, 1);
    return Buffer.concat([header, bytes]);
  };
  const jsonSchemaId = await registerJsonSchema(env);
  return [
    { name: 'tombstone', code: 'value.empty', schemaId: '', value: null },
    { name: 'no bytes', code: 'value.empty', schemaId: '', value: Buffer.alloc(0) },
    { name: 'three bytes', code: 'value.too_short', schemaId: '', value: Buffer.alloc(3) },
    { name: 'JSON text', code: 'value.bad_magic_byte', schemaId: '', value: Buffer.from('{"lead_id":"l"}') },
    {
      name: 'magic byte 1',
      code: 'value.bad_magic_byte',
      schemaId: '',
      value: Buffer.concat([Buffer.from([1]), good.subarray(1)]),
    },
    {
      name: 'unknown schema',
      code: 'schema.unknown',
      schemaId: String(UNKNOWN_SCHEMA_ID),
      value: framed(UNKNOWN_SCHEMA_ID, good.subarray(5)),
    },
    {
      name: 'negative schema id',
      code: 'schema.unknown',
      schemaId: '-5',
      value: framed(-5, good.subarray(5)),
    },
    {
      name: 'JSON Schema',
      code: 'schema.unreadable',
      schemaId: String(jsonSchemaId),
      value: framed(jsonSchemaId, Buffer.from('{}')),
    },
    { name: 'cut short', code: 'value.malformed', schemaId: id, value: good.subarray(0, good.length - 7) },
    { name: 'header alone', code: 'value.malformed', schemaId: id, value: good.subarray(0, 5) },
    {
      name: 'trailing bytes',
      code: 'value.trailing_bytes',
      schemaId: id,
      value: Buffer.concat([good, Buffer.from('more')]),
    },
    {
      name: 'garbage',
      code: 'value.malformed',
      schemaId: id,
      value: framed(lead.schemaId, Buffer.alloc(40, 0xff)),
    },
    ...(await makeOtherTypes(registry, env)),
  ];
}

/** Fields of other types than the model takes, each written with a schema that says so. */
async function makeOtherTypes(registry: RegistryClient, env: IsolatedEnv): Promise<MalformedKind[]> {
  const kinds: readonly (readonly [
    name: string,
    code: string,
    types: Record<string, unknown>,
    values: object,
  ])[] = [
    ['age as text', 'feature.wrong_type', { age: 'string' }, { age: '40' }],
    ['job as a number', 'feature.wrong_type', { job: 'int' }, { job: 4 }],
    ['infinite age', 'feature.not_finite', { age: 'double' }, { age: Infinity }],
    ['age beyond float32', 'feature.not_finite', { age: 'double' }, { age: 1e39 }],
    ['no lead_id', 'identity.missing', { lead_id: undefined }, {}],
    ['null lead_id', 'identity.missing', { lead_id: ['null', 'string'] }, { lead_id: null }],
    ['created_at as a boolean', 'identity.wrong_type', { created_at: 'boolean' }, { created_at: true }],
  ];
  const made: MalformedKind[] = [];
  for (const [index, [name, code, types, values]] of kinds.entries()) {
    const schema = recordSchema({
      event_id: 'string',
      lead_id: 'string',
      created_at: 'long',
      age: 'int',
      job: 'string',
      ...types,
    });
    const subject = `${env.TOPIC_PREFIX}malformed-${index}-value`;
    const writer = writerFor(await registry.register(subject, schema), schema);
    made.push({
      name,
      code,
      schemaId: String(writer.schemaId),
      value: writer.encode({ ...GOOD_EVENT, ...values }),
    });
  }
  const text = await createAvroWriter(registry, `${env.TOPIC_PREFIX}malformed-text-value`, '"string"');
  return [
    ...made,
    {
      name: 'no record',
      code: 'value.not_a_record',
      schemaId: String(text.schemaId),
      value: text.encode('a lead, honestly'),
    },
  ];
}

function recordSchema(types: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(types).filter(([, type]) => type !== undefined);
  return JSON.stringify({
    type: 'record',
    name: 'OtherLead',
    fields: fields.map(([name, type]) => ({ name, type })),
  });
}

async function registerJsonSchema(env: IsolatedEnv): Promise<number> {
  const subject = `${env.TOPIC_PREFIX}malformed-json-value`;
  const response = await fetch(`${env.SCHEMA_REGISTRY_URL}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({
      schemaType: 'JSON',
      schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as { id?: number };
  if (answer.id === undefined) throw new Error(`the registry took no JSON Schema: ${JSON.stringify(answer)}`);
  return answer.id;
}
