import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buffersOfBatch, packBatch, unpackBatch } from './packed-batch.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const record: fc.Arbitrary<KafkaRecord> = fc.record({
  offset: fc.nat(Number.MAX_SAFE_INTEGER),
  timestamp: fc.maxSafeInteger(),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string(), fc.string()),
});

test('a batch comes out of another thread as it went in', () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const packed = packBatch({ topic: 'lead-created', partition: 3, records });
      const posted = structuredClone(packed, { transfer: buffersOfBatch(packed) });
      const { records: unpacked, ...place } = unpackBatch(posted);
      expect(place).toEqual({ topic: 'lead-created', partition: 3 });
      expect(unpacked.map(comparable)).toEqual(records.map(comparable));
    }),
  );
});

function comparable({ key, value, headers, ...rest }: KafkaRecord) {
  const hex = (part: Buffer | null): string | null => part?.toString('hex') ?? null;
  return { ...rest, key: hex(key), value: hex(value), headers: Object.entries(headers) };
}
