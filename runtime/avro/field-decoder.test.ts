import { compileFieldPaths } from '@scoreline/core/features/field-path.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAvroLead, avroLead, createAvroRoom, damaged, LEAD_SCHEMA } from '../testing/avro-room.ts';
import { compileFieldDecoder } from './field-decoder.ts';
import { WIRE_HEADER_BYTES } from './wire-format.ts';

type Schema = string | Schema[] | { readonly [key: string]: unknown };

/** A type, and values of it. */
interface Shape {
  readonly schema: Schema;
  readonly value: fc.Arbitrary<unknown>;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('red', 'green', 'a level of which there are forty characters'),
);
/** No -0, which is written as the int 0 where a union has one. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const PRIMITIVES: readonly Shape[] = [
  { schema: 'null', value: fc.constant(null) },
  { schema: 'boolean', value: fc.boolean() },
  { schema: 'int', value: fc.integer() },
  { schema: 'long', value: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }) },
  {
    schema: { type: 'long', logicalType: 'timestamp-millis' },
    value: fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 }),
  },
  { schema: 'float', value: fc.float({ noNaN: true }) },
  { schema: 'double', value: fc.double() },
  { schema: 'string', value: text },
];
const UNIONS: readonly Shape[] = [
  { schema: ['null', 'string'], value: fc.option(text) },
  { schema: ['int', 'null', 'double'], value: fc.option(fc.oneof(fc.integer(), number)) },
  { schema: ['null', 'boolean', 'string', 'double'], value: fc.option(fc.oneof(fc.boolean(), text, number)) },
];
const FIELDS = ['a', 'b', 'c', 'd', 'e'];
const PATHS = [...FIELDS, 'f', ...FIELDS.flatMap((field) => [`${field}.a`, `${field}.b`, `${field}.b.a`])];

let types = 0;
const name = (): string => `T${(types += 1)}`;
const plain = fc.constantFrom(...PRIMITIVES, ...UNIONS);
/** Items that take no bytes are left to the other way. */
const item = plain.filter(({ schema }) => schema !== 'null');
const { shape } = fc.letrec<{ shape: Shape; record: Shape }>((tie) => ({
  record: fc.array(tie('shape'), { minLength: 1, maxLength: FIELDS.length }).map(recordOf),
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: plain },
    { weight: 1, arbitrary: fc.constant(0).map(enumOf) },
    {
      weight: 1,
      arbitrary: fc.constant({ schema: 'bytes', value: fc.uint8Array().map((of) => Buffer.from(of)) }),
    },
    { weight: 2, arbitrary: tie('record') },
    {
      weight: 2,
      arbitrary: tie('record').map((of) => ({ schema: ['null', of.schema], value: fc.option(of.value) })),
    },
    {
      weight: 1,
      arbitrary: item.map((of) => ({
        schema: { type: 'array', items: of.schema },
        value: fc.array(of.value),
      })),
    },
    {
      weight: 1,
      arbitrary: plain.map((of) => ({ schema: { type: 'map', values: of.schema }, value: mapOf(of) })),
    },
  ),
}));
const record = fc.array(shape, { minLength: 1, maxLength: FIELDS.length }).map(recordOf);

function recordOf(shapes: readonly Shape[]): Shape {
  const named = shapes.map((of, i) => [FIELDS[i] ?? '', of] as const);
  const fields = named.map(([field, of]) => ({ name: field, type: of.schema }));
  const values = named.map(([field, of]) => [field, of.value] as const);
  return {
    schema: { type: 'record', name: name(), fields },
    value: fc.record(Object.fromEntries(values), { noNullPrototype: true }),
  };
}

function enumOf(): Shape {
  return {
    schema: { type: 'enum', name: name(), symbols: ['RED', 'GREEN'] },
    value: fc.constantFrom('RED', 'GREEN'),
  };
}

function mapOf({ value }: Shape): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom('x', 'y', 'ü'), value, { noNullPrototype: true });
}

/** Both ways to the values at some paths of a record, in a room whose writer has the schema. */
async function bothWays(schema: Schema, paths: readonly string[]) {
  const room = await createAvroRoom(JSON.stringify(schema));
  const decoder = compileFieldDecoder(JSON.stringify(schema), paths);
  const readFields = compileFieldPaths(paths);
  return {
    ...room,
    decoder,
    /** Undefined: the decoder left it to the other way. */
    fast(bytes: Buffer): unknown[] | undefined {
      const values = paths.map((): unknown => 'of the record before');
      return decoder?.(bytes, WIRE_HEADER_BYTES, bytes.length, values) === true ? values : undefined;
    },
    async whole(bytes: Buffer): Promise<unknown[] | undefined> {
      const decoded = await room.decode(bytes);
      if (!decoded.ok) return undefined;
      const values: unknown[] = [];
      readFields(decoded.value, values);
      return values;
    },
  };
}

describe('a decoder of some fields', () => {
  it('gives what stands there in the whole record, for any schema and paths', async () => {
    let compiled = 0;
    const lead = record.chain(({ schema, value }) =>
      fc.tuple(
        fc.constant(schema),
        fc.array(value, { minLength: 1, maxLength: 3 }),
        fc.subarray(PATHS, { maxLength: 4 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(lead, async ([schema, values, paths]) => {
        const { writer, decoder, fast, whole } = await bothWays(schema, paths);
        if (decoder === undefined) return;
        compiled += 1;
        for (const value of values) {
          const bytes = writer.encode(value as object);
          expect(fast(bytes)).toStrictEqual(await whole(bytes));
        }
      }),
      { numRuns: 200 },
    );
    expect(compiled).toBeGreaterThan(20);
  });

  it('takes no damaged record that is none, and reads nothing else of one that is', async () => {
    const paths = ['lead_id', 'visits', 'age', 'spent', 'origin'];
    const { writer, fast, whole } = await bothWays(JSON.parse(LEAD_SCHEMA) as Schema, paths);
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        anyAvroLead().chain((lead) => damaged(writer.encode(lead))),
        async (bytes) => {
          const values = fast(bytes);
          if (values === undefined) return;
          taken += 1;
          expect(values).toStrictEqual(await whole(bytes));
        },
      ),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('takes no record that is cut short or that bytes follow', async () => {
    const { writer, fast } = await bothWays(JSON.parse(LEAD_SCHEMA) as Schema, ['lead_id']);
    const whole = writer.encode(avroLead);
    expect(fast(whole)).toEqual(['lead-1']);
    for (let length = WIRE_HEADER_BYTES; length < whole.length; length += 1)
      expect(fast(whole.subarray(0, length)), `the first ${length} bytes`).toBeUndefined();
    expect(fast(Buffer.concat([whole, Buffer.from([0])]))).toBeUndefined();
  });

  it('takes a record whose rest is none, where it is read up to the last field that is wanted', async () => {
    const { writer } = await bothWays(JSON.parse(LEAD_SCHEMA) as Schema, []);
    const decode = compileFieldDecoder(LEAD_SCHEMA, ['visits', 'lead_id', 'absent'], 'last field');
    const whole = writer.encode(avroLead);
    const upToVisits = WIRE_HEADER_BYTES + 1 + avroLead.lead_id.length + 2;
    const values: unknown[] = [];
    expect(decode?.(whole, WIRE_HEADER_BYTES, upToVisits, values)).toBe(true);
    expect(values).toEqual([avroLead.visits, avroLead.lead_id, undefined]);
    expect(decode?.(whole, WIRE_HEADER_BYTES, upToVisits - 1, values)).toBe(false);
  });

  it.each([2 ** 52 - 1, 1 - 2 ** 52, 2 ** 28, -(2 ** 28), 2 ** 31, 0, -1])(
    'reads the long %i',
    async (long) => {
      const { writer, fast } = await bothWays(
        { type: 'record', name: 'L', fields: [{ name: 'a', type: 'long' }] },
        ['a'],
      );
      expect(fast(writer.encode({ a: long }))).toEqual([long]);
    },
  );

  it('leaves a long past 2^52, and an int of more than 32 bits, to the other way', async () => {
    const fields = [{ name: 'a', type: 'long' }];
    const { writer, fast } = await bothWays({ type: 'record', name: 'L', fields }, ['a']);
    expect(fast(writer.encode({ a: 2 ** 52 + 2 }))).toBeUndefined();
    const ints = await bothWays({ type: 'record', name: 'L', fields: [{ name: 'a', type: 'int' }] }, []);
    expect(ints.fast(Buffer.from([0, 0, 0, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x20]))).toBeUndefined();
  });

  it('leaves items that take no bytes, and very many, to the other way', async () => {
    const fields = (items: Schema) => [{ name: 'a', type: { type: 'array', items } }];
    const nothing = await bothWays({ type: 'record', name: 'L', fields: fields('null') }, []);
    expect(nothing.fast(nothing.writer.encode({ a: [null] }))).toBeUndefined();
    const { writer, fast } = await bothWays({ type: 'record', name: 'L', fields: fields('int') }, []);
    expect(fast(writer.encode({ a: Array.from({ length: 10_000 }, () => 1) }))).toEqual([]);
    expect(fast(writer.encode({ a: Array.from({ length: 10_001 }, () => 1) }))).toBeUndefined();
  });

  it('reads a field of ids, and one of levels, the same for ever', async () => {
    const fields = ['a', 'b'].map((field) => ({ name: field, type: 'string' }));
    const { writer, fast } = await bothWays({ type: 'record', name: 'L', fields }, ['a', 'b']);
    for (let lead = 0; lead < 3_000; lead += 1) {
      const values = [`lead-${lead}`, `level ${lead % 3}`];
      expect(fast(writer.encode({ a: values[0], b: values[1] }))).toEqual(values);
    }
  });

  it.each([
    ['an array', 'tags'],
    ['a map', 'attributes'],
    ['a key of a map', 'attributes.city'],
    ['a field of a string', 'lead_id.city'],
  ])('is none where %s is wanted', (_what, path) => {
    expect(compileFieldDecoder(LEAD_SCHEMA, [path])).toBeUndefined();
  });

  it('is none for what is no record, and for a record that holds itself', () => {
    const fields = [
      { name: 'a', type: 'int' },
      { name: 'next', type: ['null', 'Node'] },
    ];
    expect(compileFieldDecoder('"int"', ['a'])).toBeUndefined();
    expect(
      compileFieldDecoder(JSON.stringify({ type: 'record', name: 'Node', fields }), ['a']),
    ).toBeUndefined();
  });
});
