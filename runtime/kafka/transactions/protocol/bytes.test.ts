import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

test('what is written is read, however far the buffer has to grow', () => {
  const words = fc.array(fc.option(fc.string({ maxLength: 400, unit: 'grapheme' })));
  fc.assert(
    fc.property(
      words,
      fc.nat(0xffffffff),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (texts, number, long) => {
        const out = new ByteWriter().int16(-2).unsignedVarint(number).int64(long);
        out.compactArray(texts, (text) => out.compactString(text)).noTags();
        const reader = new ByteReader(out.written());
        expect([reader.int16(), reader.unsignedVarint(), reader.int64()]).toEqual([-2, number, long]);
        expect(reader.compactArray(() => reader.compactString())).toEqual(texts);
        expect(reader.tags().size).toBe(0);
      },
    ),
  );
});

test.each([
  [-1, '01'],
  [0, '00'],
  [1, '02'],
  [63, '7e'],
  [64, '8001'],
  [-64, '7f'],
  [-65, '8101'],
  [2_147_483_647, 'feffffff0f'],
  [-2_147_483_648, 'ffffffff0f'],
])('a varint of %i', (value, hex) => {
  expect(new ByteWriter().varint(value).written().toString('hex')).toBe(hex);
});

test('tagged fields are passed over, or read by their tag', () => {
  const out = new ByteWriter().unsignedVarint(2);
  out.unsignedVarint(0).unsignedVarint(1).int8(9).unsignedVarint(2).unsignedVarint(2).int16(300).int32(42);
  const reader = new ByteReader(out.written());
  expect(reader.tags()).toEqual(
    new Map([
      [0, Buffer.of(9)],
      [2, Buffer.of(1, 44)],
    ]),
  );
  expect(reader.int32()).toBe(42);
});

test.each([0, 3, 600])('what comes before goes into the room (%i) that was left, or into a copy', (room) => {
  const out = new ByteWriter(8, room);
  const at = out.skip(4);
  out.raw(Buffer.alloc(1_000, 7)).patchInt32(at, out.length);
  expect([at, out.length, out.written(4).length]).toEqual([0, 1_004, 1_000]);
  const whole = Buffer.concat([Buffer.from('head'), Buffer.of(0, 0, 3, 0xec), Buffer.alloc(1_000, 7)]);
  expect(out.before(Buffer.from('head'))).toEqual(whole);
  expect(out.before(Buffer.from('head'))).toEqual(whole);
  expect(out.written()).toEqual(whole.subarray(4));
});

test.each([
  ['a string', Buffer.of(9, 1), (reader: ByteReader) => reader.compactString()],
  ['a number', Buffer.of(1), (reader: ByteReader) => reader.int32()],
  ['an array', Buffer.of(0xff, 0xff, 0xff, 0x7f), (reader: ByteReader) => reader.compactArray(() => 0)],
  [
    'a varint',
    Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    (reader: ByteReader) => reader.unsignedVarint(),
  ],
])('bytes that end in the middle of %s are refused', (_, bytes, read) => {
  expect(() => read(new ByteReader(bytes))).toThrow(RangeError);
});
