import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAvroLead, avroLead, createAvroRoom, damaged, framed, LEAD_SCHEMA } from '../testing/avro-room.ts';
import { NotOfSchema } from './codec.ts';
import { contractSchema } from './contracts.ts';

describe('reading what was written', () => {
  it('gives the record and its schema id', async () => {
    const { writer, decode } = await createAvroRoom();
    expect(await decode(writer.encode(avroLead))).toEqual({
      ok: true,
      value: avroLead,
      schemaId: writer.schemaId,
    });
  });

  it('gives every record back that the schema can hold', async () => {
    const { writer, reader } = await createAvroRoom();
    await reader.prepare([writer.encode(avroLead)]);
    fc.assert(
      fc.property(anyAvroLead(), (any) => {
        expect(reader.decode(writer.encode(any))).toEqual({
          ok: true,
          value: any,
          schemaId: writer.schemaId,
        });
      }),
    );
  });

  it.each([2n ** 60n, -(2n ** 60n), 2n ** 53n, -(2n ** 63n)])(
    'gives a long that no number holds as a bigint: %s',
    async (long) => {
      const { writer, decode } = await createAvroRoom(LONG_SCHEMA);
      expect(await decode(framed(writer.schemaId, ...varint(long)))).toMatchObject({ value: { n: long } });
    },
  );

  it.each([
    ['written as an object', { type: 'long' }],
    ['of nanoseconds', { type: 'long', logicalType: 'timestamp-nanos' }],
    ['that may be null', ['null', { type: 'long', logicalType: 'timestamp-micros' }]],
  ])('gives a long %s as a bigint where no number holds it', async (_case, type) => {
    const schema = JSON.stringify({ type: 'record', name: 'Lead', fields: [{ name: 'n', type }] });
    const { writer, decode } = await createAvroRoom(schema);
    const branch = Array.isArray(type) ? [2] : [];
    const long = 2n ** 60n;
    const value = framed(writer.schemaId, ...branch, ...varint(long));
    expect(await decode(value)).toMatchObject({ value: { n: long } });
  });

  it.each([0, 1, -1, 2 ** 31, -(2 ** 52) - 1, -(2 ** 53) + 1, 2 ** 52 + 1, 2 ** 53 - 1])(
    'gives every other long as a number: %i',
    async (long) => {
      const { writer, decode } = await createAvroRoom(LONG_SCHEMA);
      const value = framed(writer.schemaId, ...varint(BigInt(long)));
      expect(await decode(value)).toMatchObject({ value: { n: long } });
    },
  );

  it('gives plain values for unions whose branches share a JavaScript type', async () => {
    const point = (name: string, field: string) => ({
      type: 'record',
      name,
      fields: [{ name: field, type: ['null', 'int', 'long'] }],
    });
    const { writer, decode } = await createAvroRoom(
      JSON.stringify({
        type: 'record',
        name: 'R',
        fields: [
          { name: 'number', type: ['null', 'int', 'double'] },
          { name: 'either', type: ['null', point('Flat', 'x'), point('Round', 'r')] },
        ],
      }),
    );
    const values = [
      { number: 5, either: { x: 1 } },
      { number: 5.5, either: { r: 2 ** 40 } },
      { number: null, either: null },
    ];
    for (const value of values) expect(await decode(writer.encode(value))).toMatchObject({ ok: true, value });
  });
});

describe("reading by a reader's schema", () => {
  it('fills what the writer lacks with defaults and leaves out what the reader lacks', async () => {
    const written = { type: 'record', name: 'R', fields: [{ name: 'gone', type: 'string' }] };
    const wanted = { ...written, fields: [{ name: 'kept', type: ['null', 'string'], default: null }] };
    const { writer, decode } = await createAvroRoom(JSON.stringify(written), JSON.stringify(wanted));
    expect(await decode(writer.encode({ gone: 'x' }))).toMatchObject({ ok: true, value: { kept: null } });
  });

  it("reads a role that is newer than the contract as the enum's default", async () => {
    const newer = contractSchema('lead-scored').replace('"production",', '"production", "auditor",');
    const { writer, decode } = await createAvroRoom(newer, contractSchema('lead-scored'));
    const decoded = await decode(writer.encode({ ...scored(), role: 'auditor' }));
    expect(decoded).toMatchObject({ ok: true, value: { role: 'shadow', lead_id: 'lead-1' } });
  });

  it('rejects a record of another kind', async () => {
    const { writer, decode } = await createAvroRoom(LEAD_SCHEMA, contractSchema('lead-outcome'));
    expect(await decode(writer.encode(avroLead))).toMatchObject({ ok: false, code: 'schema.unreadable' });
  });

  it('never throws, whatever the bytes', async () => {
    const { writer, reader } = await createAvroRoom(
      contractSchema('lead-scored'),
      contractSchema('lead-scored'),
    );
    const whole = writer.encode(scored());
    await reader.prepare([whole]);
    fc.assert(
      fc.property(damaged(whole), (value) => {
        expect(reader.decode(value)).toHaveProperty('ok');
      }),
    );
  });
});

describe('writing', () => {
  it('names the field that does not fit, never its value', async () => {
    const { writer } = await createAvroRoom();
    const misfit = (): Buffer => writer.encode({ ...avroLead, age: 'forty' });
    expect(misfit).toThrow(NotOfSchema);
    expect(misfit).toThrow('field age is not of the schema');
    expect(misfit).not.toThrow(/forty/);
  });

  it('writes records far larger than those before', async () => {
    const { writer, decode } = await createAvroRoom();
    const large = { ...avroLead, lead_id: 'x'.repeat(500_000) };
    expect(await decode(writer.encode(large))).toMatchObject({ ok: true, value: large });
    expect(await decode(writer.encode(avroLead))).toMatchObject({ ok: true, value: avroLead });
  });

  it('gives each record bytes of its own', async () => {
    const { writer, reader } = await createAvroRoom();
    const first = writer.encode(avroLead);
    writer.encode({ ...avroLead, lead_id: 'lead-2' });
    await reader.prepare([first]);
    expect(reader.decode(first)).toMatchObject({ value: { lead_id: 'lead-1' } });
  });
});

const LONG_SCHEMA = '{"type":"record","name":"R","fields":[{"name":"n","type":"long"}]}';

/** A long as Avro writes it. */
function varint(long: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

function scored() {
  return {
    event_id: 'event-1',
    lead_id: 'lead-1',
    group_id: null,
    model: 'bank-leads',
    model_version: '1.0.0',
    role: 'production',
    run_id: null,
    experiment_id: null,
    fallback_from: null,
    fallback_code: null,
    score: 0.25,
    band: 'warm',
    reasons: [],
    inputs: [44, 'admin.', null],
    bins: [3, 0, 11],
    event_time: 1_700_000_000_000,
    scored_at: 1_700_000_000_100,
    inference_us: 12,
    source: { topic: 'lead-created', partition: 2, offset: 7, timestamp: 1_700_000_000_050 },
  };
}
