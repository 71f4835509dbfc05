import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VarintReader } from './varint-reader.ts';

/** A zigzag varint, seven bits a byte. */
function varintOf(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

test('reads numbers up to 2^52, one after another', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
    fc.constantFrom(63, 64, -64, -65, 2 ** 27, -(2 ** 27)),
  );
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const bytes = Buffer.concat(numbers.map((each) => varintOf(BigInt(each))));
      const reader = new VarintReader(bytes, 0, bytes.length);
      expect(numbers.map(() => reader.varint())).toEqual(numbers);
      expect(reader.at).toBe(bytes.length);
    }),
  );
});

test('reads no further than it may', () => {
  const bytes = Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 1, 9, 9);
  expect(() => new VarintReader(bytes, 0, 3).varint()).toThrow('the bytes end before');
  expect(() => new VarintReader(bytes, 0, 5).varint()).toThrow('the bytes end before');
  expect(() => new VarintReader(bytes, 6, 7).skip(2)).toThrow('the bytes end before');
  expect(() => new VarintReader(bytes, 6, 7).take(2)).toThrow('the bytes end before');
  expect(new VarintReader(bytes, 6, 7).take(1)).toEqual(Buffer.of(9));
  expect(new VarintReader(bytes, 6, 7).take(-1)).toBeNull();
});

test('a number of more than 64 bits is none', () => {
  const bytes = Buffer.alloc(20, 0xff);
  expect(() => new VarintReader(bytes, 0, 20).varint()).toThrow('more than 64 bits');
});
