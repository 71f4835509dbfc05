import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buffersOf, joinPacked, packRecords, unpackRecords } from './packed-records.ts';
import type { OutputRecord } from './record.ts';

const buffer = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const headers = fc
  .array(fc.tuple(fc.string(), fc.oneof(buffer, fc.string())), { maxLength: 3 })
  .map((entries) => toHeaders([['__proto__', 'a header like any other'], ...entries]));
const output: fc.Arbitrary<OutputRecord> = fc.record({
  key: fc.option(buffer),
  value: fc.option(buffer),
  headers: fc.oneof(fc.constant({}), headers),
});
function toHeaders(entries: readonly (readonly [string, Buffer | string])[]) {
  const made = Object.create(null) as Record<string, Buffer | string>;
  for (const [name, value] of entries) made[name] = value;
  return made;
}

/** As another thread gets it. */
function posted<T>(value: T, moved: ArrayBuffer[]): T {
  return structuredClone(value, { transfer: moved });
}

test('records come out of another thread as they went in', () => {
  fc.assert(
    fc.property(fc.array(output), (records) => {
      const packed = packRecords(records);
      expect(asEntries(unpackRecords(posted(packed, buffersOf(packed))))).toEqual(asEntries(records));
    }),
  );
});

test('joined records are those of each part, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(output)), (parts) => {
      expect(asEntries(unpackRecords(joinPacked(parts.map(packRecords))))).toEqual(asEntries(parts.flat()));
    }),
  );
});

test('what is posted of a header is its bytes, not the buffer that they stand in', () => {
  const fetched = Buffer.alloc(1_000_000);
  const { headers: packed } = packRecords([
    { key: null, value: null, headers: { traceparent: fetched.subarray(7, 9) } },
  ]);
  const [[, value] = []] = packed.get(0) ?? [];
  expect((value as Uint8Array).buffer.byteLength).toBe(2);
});

/** Header values as hex: which view of memory they are is nobody's business. */
function asEntries(records: readonly OutputRecord[]): unknown[] {
  return records.map(({ key, value, headers: own = {}, ...rest }) => ({
    ...rest,
    key: key?.toString('hex') ?? null,
    value: value?.toString('hex') ?? null,
    headers: Object.entries(own).map(([name, of]) => [
      name,
      typeof of === 'string' ? of : of?.toString('hex'),
    ]),
  }));
}
