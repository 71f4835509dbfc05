import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toFetchedRecord } from './record.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

test('a record gives the parts that it was made of', () => {
  const record = fc.record({
    offset: fc.maxSafeNat(),
    timestamp: fc.maxSafeInteger(),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string(), bytes),
  });
  fc.assert(
    fc.property(record, (plain) => {
      const { offset, timestamp, key, value, headers } = toFetchedRecord(plain);
      expect({ offset, timestamp, key, value }).toEqual({ ...plain, headers: undefined });
      expect(Object.entries(headers)).toEqual(Object.entries(plain.headers));
    }),
  );
});

test('text in a header is its bytes, and what is undefined is no header', () => {
  const { headers } = toFetchedRecord({
    offset: 0,
    timestamp: 0,
    key: null,
    value: null,
    headers: { traceparent: 'ä', none: undefined },
  });
  expect(Object.entries(headers)).toEqual([['traceparent', Buffer.from('ä')]]);
});
