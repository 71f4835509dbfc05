import { FetchedRecord, type KafkaRecord, toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
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
/** How far each stands from the one before. */
const placed = fc.array(fc.tuple(record, fc.constantFrom(0, 7, 500)));
const PLACE = { topic: 'lead-created', partition: 3 };

test('a batch comes out of another thread as it went in', () => {
  fc.assert(
    fc.property(fc.array(record), placed, (apart, together) => {
      const records = [...apart.map(toFetchedRecord), ...inOneBuffer(together)];
      const packed = packBatch({ ...PLACE, records });
      const posted = structuredClone(packed, { transfer: buffersOfBatch(packed) });
      const { records: unpacked, ...place } = unpackBatch(posted);
      expect(place).toEqual(PLACE);
      const given = [...apart, ...together.map(([own]) => own)];
      expect(unpacked.slice(0, unpacked.length).map(comparable)).toEqual(given.map(comparable));
      expect(unpacked.slice(1, 3).map(comparable)).toEqual(given.slice(1, 3).map(comparable));
    }),
  );
});

test('of a buffer that holds much else, no more goes to another thread than the batch', () => {
  const [far] = inOneBuffer([
    [{ offset: 1, timestamp: 2, key: null, value: Buffer.from('lead'), headers: {} }, 900],
  ]);
  expect(packBatch({ ...PLACE, records: [far!] }).bytes).toHaveLength(4);
});

/** As a fetch holds them. */
function inOneBuffer(those: readonly (readonly [KafkaRecord, number])[]): FetchedRecord[] {
  const own = those.map(([plain]) => toFetchedRecord(plain));
  const pieces = own.flatMap((each, index) => [Buffer.alloc(those[index]?.[1] ?? 0), each.bytes]);
  const shared = Buffer.concat(pieces);
  let at = 0;
  return own.map((each, index) => {
    const moved = at + (those[index]?.[1] ?? 0);
    at = moved + each.bytes.length;
    return new FetchedRecord(each.offset, each.timestamp, shared, {
      keyFrom: each.keyFrom + moved,
      keyLength: each.keyLength,
      valueFrom: each.valueFrom + moved,
      valueLength: each.valueLength,
      headersFrom: each.headersFrom < 0 ? each.headersFrom : each.headersFrom + moved,
      end: each.end + moved,
    });
  });
}

function comparable({ offset, timestamp, key, value, headers }: KafkaRecord) {
  const hex = (part: Buffer | null): string | null => part?.toString('hex') ?? null;
  const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
  return { offset, timestamp, key: hex(key), value: hex(value), headers: texts };
}
