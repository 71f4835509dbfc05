import { describe, expect, it } from 'vitest';
import { readSchemaId, schemaIdAt, writeHeader } from './wire-format.ts';

describe('readSchemaId', () => {
  it('reads the id after the magic byte, big-endian', () => {
    expect(readSchemaId(Buffer.from([0, 0, 0, 1, 2, 99]))).toBe(258);
  });

  it('takes a value of nothing but a header: a record without fields', () => {
    expect(readSchemaId(Buffer.from([0, 0, 0, 0, 7]))).toBe(7);
  });

  it.each([
    ['a tombstone', null, 'value.empty'],
    ['no bytes', Buffer.alloc(0), 'value.empty'],
    ['a header cut short', Buffer.from([0, 0, 0, 1]), 'value.too_short'],
    ['JSON', Buffer.from('{"lead_id":"4711"}'), 'value.bad_magic_byte'],
    ['bare Avro', Buffer.from([8, 108, 101, 97, 100]), 'value.bad_magic_byte'],
  ])('says why it has none: %s', (_what, value, code) => {
    expect(readSchemaId(value)).toMatchObject({ ok: false, code });
  });

  it('puts nothing of the value into the message but its first byte and its length', () => {
    expect(readSchemaId(Buffer.from('{"lead_id":"4711"}'))).toMatchObject({
      message: 'the value begins with byte 123, not with 0 (Confluent Avro)',
    });
  });
});

describe('schemaIdAt', () => {
  const bytes = Buffer.from([9, 9, 0, 0, 0, 1, 2, 99, 9]);

  it('reads the id of a value among others', () => {
    expect(schemaIdAt({ bytes, valueFrom: 2, valueLength: 6 })).toBe(258);
    expect(schemaIdAt({ bytes, valueFrom: 2, valueLength: 5 })).toBe(258);
  });

  it.each([
    ['no value', 2, -1],
    ['a header cut short', 2, 4],
    ['another format', 1, 6],
  ])('reads none of %s', (_what, valueFrom, valueLength) => {
    expect(schemaIdAt({ bytes, valueFrom, valueLength })).toBeUndefined();
  });
});

describe('writeHeader', () => {
  it('is what readSchemaId reads', () => {
    const framed = writeHeader(Buffer.from([9, 9, 9, 9, 9, 42]), 70_000);
    expect(readSchemaId(framed)).toBe(70_000);
    expect(framed.at(-1)).toBe(42);
  });
});
