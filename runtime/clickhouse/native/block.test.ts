import { expect, test } from 'vitest';
import { writeNativeBlock } from './block.ts';
import {
  arrayOf,
  BOOL,
  FLOAT64,
  nullable,
  STRING,
  TIME_MS,
  tupleOf,
  UINT16,
  UINT32,
  UINT64,
} from './types.ts';

/** The bytes of a block of one column called `c`, after its header. */
function bytesOf(type: Parameters<typeof writeNativeBlock>[0][string], values: readonly unknown[]): string {
  const block = writeNativeBlock(
    { c: type },
    values.map((c) => ({ c })),
  );
  const header = [1, values.length, 1, 'c'.charCodeAt(0), type.name.length, ...Buffer.from(type.name)];
  expect([...block.subarray(0, header.length)]).toEqual(header);
  return block.subarray(header.length).toString('hex');
}

// What the engine itself writes: SELECT … FORMAT Native.
test.each([
  [STRING, ['ab', '', 'é'], '026162 00 02c3a9'],
  [UINT16, [1, 65_535], '0100 ffff'],
  [UINT32, [2 ** 32 - 1], 'ffffffff'],
  [UINT64, [2 ** 32 + 5, 2 ** 53 - 1], '0500000001000000 ffffffffffff1f00'],
  [TIME_MS, [-1, 1_700_000_000_000], 'ffffffffffffffff 0068e5cf8b010000'],
  [FLOAT64, [1, -0.5], '000000000000f03f 000000000000e0bf'],
  [BOOL, [true, false], '01 00'],
  [nullable(UINT16), [7, null], '0001 0700 0000'],
  [arrayOf(UINT16), [[1, 2], [], [3]], '0200000000000000 0200000000000000 0300000000000000 0100 0200 0300'],
  [arrayOf(nullable(STRING)), [['a', null], ['b']], '0200000000000000 0300000000000000 000100 0161 00 0162'],
  [
    tupleOf<{ x: string; y: number }>({ x: STRING, y: UINT16 }),
    [
      { x: 'a', y: 1 },
      { x: 'b', y: 2 },
    ],
    '0161 0162 0100 0200',
  ],
])('%o', (type, values, hex) => {
  expect(bytesOf(type, values)).toBe(hex.replaceAll(' ', ''));
});

test('names are those of SQL', () => {
  expect(arrayOf(nullable(FLOAT64)).name).toBe('Array(Nullable(Float64))');
  expect(tupleOf<{ x: string; y: number }>({ x: STRING, y: UINT16 }).name).toBe('Tuple(x String, y UInt16)');
});

test('texts longer than the first buffer come whole, and so do row counts of several bytes', () => {
  const long = 'ü'.repeat(50_000);
  expect(bytesOf(STRING, [long])).toBe('a08d06' + Buffer.from(long).toString('hex'));
  const block = writeNativeBlock(
    { c: UINT16 },
    Array.from({ length: 300 }, (_, c) => ({ c })),
  );
  expect(block.subarray(0, 5)).toEqual(Buffer.from([1, 0xac, 2, 1, 'c'.charCodeAt(0)]));
  expect(block.subarray(-2).readUInt16LE()).toBe(299);
});
