import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { avroLead, createAvroRoom, damaged, framed } from '../testing/avro-room.ts';
import { createInMemoryRegistry } from '../testing/in-memory-registry.ts';
import { createAvroReader } from './codec.ts';
import { RegistryUnavailable } from './registry.ts';

const TEN_TEXTS = Array.from({ length: 10 }, (_, index) => ({ name: `text${index}`, type: 'string' }));

describe('what can not be read', () => {
  it.each([
    ['a tombstone', null, 'value.empty'],
    ['a header cut short', Buffer.from([0, 0]), 'value.too_short'],
    ['text', Buffer.from('lead-1;44;WEB'), 'value.bad_magic_byte'],
    ['an id that nobody registered', framed(4711, 2, 97), 'schema.unknown'],
  ])('is rejected with a code: %s', async (_what, value, code) => {
    const { decode } = await createAvroRoom();
    expect(await decode(value)).toMatchObject({ ok: false, code });
  });

  it('is a record cut short, at every byte', async () => {
    const { writer, reader } = await createAvroRoom();
    const whole = writer.encode(avroLead);
    await reader.prepare([whole]);
    for (let length = 5; length < whole.length; length += 1) {
      const cut = reader.decode(whole.subarray(0, length));
      expect(cut, `the first ${length} bytes`).toMatchObject({ ok: false, code: 'value.malformed' });
    }
  });

  it('is a record that bytes follow', async () => {
    const { writer, decode } = await createAvroRoom();
    const longer = Buffer.concat([writer.encode(avroLead), Buffer.from([1, 2])]);
    expect(await decode(longer)).toMatchObject({
      code: 'value.trailing_bytes',
      message: `2 bytes follow the record of schema ${writer.schemaId}`,
    });
  });

  it('is a union branch or an enum symbol that the schema lacks', async () => {
    const { writer, decode } = await createAvroRoom(
      '{"type":"record","name":"R","fields":[{"name":"u","type":["null","int"]}]}',
    );
    expect(await decode(framed(writer.schemaId, 8))).toMatchObject({ code: 'value.malformed' });
  });

  it('is a schema that is no Avro, whatever the registry took it for', async () => {
    const registry = { ...createInMemoryRegistry(), schemaById: async () => 'syntax = "proto3";' };
    const reader = createAvroReader(registry);
    const value = framed(3, 1);
    await reader.prepare([value]);
    expect(reader.decode(value)).toMatchObject({ ok: false, code: 'schema.unreadable', schemaId: 3 });
  });

  it('never makes the reader throw, hang or swell, whatever the bytes', async () => {
    const { writer, reader } = await createAvroRoom();
    const whole = writer.encode(avroLead);
    await reader.prepare([whole]);
    fc.assert(
      fc.property(damaged(whole), (value) => {
        expect(reader.decode(value)).toHaveProperty('ok');
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['an array', { type: 'array', items: 'string' }],
    ['an array of what takes no bytes', { type: 'array', items: 'null' }],
    ['a map', { type: 'map', values: 'long' }],
  ])('is %s that claims a billion items in five bytes', async (_what, type) => {
    const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'many', type }] });
    const { writer, decode } = await createAvroRoom(schema);
    const claim = framed(writer.schemaId, 0x80, 0xa8, 0xd6, 0xb9, 0x07);
    expect(await decode(claim)).toMatchObject({ ok: false, code: 'value.malformed' });
  });

  it.each([
    ['an array of records', { type: 'array', items: { type: 'record', name: 'I', fields: TEN_TEXTS } }],
    ['a map', { type: 'map', values: 'string' }],
  ])(
    'is %s that claims a million items in three bytes, for the price of three bytes',
    async (_what, type) => {
      const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'many', type }] });
      const { writer, decode } = await createAvroRoom(schema);
      const claim = framed(writer.schemaId, 0x80, 0x89, 0x7a);
      await decode(claim);
      const before = process.threadCpuUsage();
      expect(await decode(claim)).toMatchObject({ ok: false, code: 'value.malformed' });
      expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(20);
    },
  );

  it('is an array of arrays whose items take no bytes, and are a million each', async () => {
    const many = { type: 'array', items: { type: 'array', items: 'null' } };
    const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'many', type: many }] });
    const { writer, decode } = await createAvroRoom(schema);
    const million = [0x80, 0x89, 0x7a, 0];
    expect(await decode(framed(writer.schemaId, 4, ...million, ...million, 0))).toMatchObject({
      code: 'value.malformed',
    });
    expect(await decode(writer.encode({ many: [[null, null], []] }))).toMatchObject({
      value: { many: [[null, null], []] },
    });
  });

  it('is an int of more than 32 bits', async () => {
    const { writer, decode } = await createAvroRoom('"int"');
    expect(await decode(framed(writer.schemaId, 0xfe, 0xff, 0xff, 0xff, 0x0f))).toMatchObject({
      value: 2 ** 31 - 1,
    });
    expect(await decode(framed(writer.schemaId, 0x80, 0x80, 0x80, 0x80, 0x10))).toMatchObject({
      code: 'value.malformed',
    });
  });

  it('is such an array also where the reader has no use for it', async () => {
    const fields = [
      { name: 'many', type: { type: 'array', items: 'string' } },
      { name: 'id', type: 'int' },
    ];
    const record = (some: object[]) => JSON.stringify({ type: 'record', name: 'R', fields: some });
    const { writer, decode } = await createAvroRoom(record(fields), record(fields.slice(1)));
    expect(await decode(writer.encode({ many: ['a'], id: 7 }))).toMatchObject({ value: { id: 7 } });
    const claim = framed(writer.schemaId, 0x80, 0xa8, 0xd6, 0xb9, 0x07);
    expect(await decode(claim)).toMatchObject({ ok: false, code: 'value.malformed' });
  });

  it('is told without any of its data', async () => {
    const { writer, decode } = await createAvroRoom();
    const cut = await decode(writer.encode({ ...avroLead, lead_id: 'jane@example.org' }).subarray(0, 30));
    expect(JSON.stringify(cut)).not.toContain('jane');
  });
});

describe('asking the registry', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('happens once for each schema id, however many records name it', async () => {
    const { registry, writer, reader } = await createAvroRoom();
    const value = writer.encode(avroLead);
    await reader.prepare([value, value, null, Buffer.from('poison')]);
    await reader.prepare([value]);
    expect(registry.idsAsked).toEqual([writer.schemaId]);
  });

  it('happens again for an unknown id a second later: it may have been registered', async () => {
    const { registry, reader, decode } = await createAvroRoom();
    const later = framed(2, 84);
    expect(await decode(later)).toMatchObject({ code: 'schema.unknown', schemaId: 2 });
    await registry.register('late-value', '"int"');
    expect(await decode(later)).toMatchObject({ code: 'schema.unknown' });
    vi.advanceTimersByTime(1_000);
    await reader.prepare([later]);
    expect(reader.decode(later)).toMatchObject({ ok: true, value: 42 });
    expect(registry.idsAsked).toEqual([2, 2]);
  });

  it('throws in an outage and tells nothing poison; what was known stays known', async () => {
    const { registry, writer, reader } = await createAvroRoom();
    const known = writer.encode(avroLead);
    await reader.prepare([known]);
    registry.goAway();
    await expect(reader.prepare([known, framed(2, 84)])).rejects.toBeInstanceOf(RegistryUnavailable);
    await reader.prepare([known]);
    expect(reader.decode(known).ok).toBe(true);
    registry.comeBack();
    await registry.register('late-value', '"int"');
    await reader.prepare([framed(2, 84)]);
    expect(reader.decode(framed(2, 84))).toMatchObject({ ok: true, value: 42 });
  });

  it('bears a flood of ids that nobody registered', async () => {
    const { registry, reader } = await createAvroRoom();
    const flood = Array.from({ length: 3_000 }, (_, index) => framed(10_000 + index, 1));
    await reader.prepare(flood);
    expect(registry.idsAsked).toHaveLength(3_000);
    expect(flood.every((value) => !reader.decode(value).ok)).toBe(true);
  });
});
