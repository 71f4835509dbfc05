import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutputRecord } from '../record.ts';
import { loadOriginal } from '../testing/load-original.ts';
import { ByteWriter } from '../transactions/protocol/byte-writer.ts';
import { decodeRecord, type BatchContext, type RecordBytes } from './record-decoder.ts';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => RecordBytes;
const original = loadOriginal('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as typeof decodeRecord;

const CONTEXT: BatchContext = { firstOffset: '4000', firstTimestamp: '1760000000000', magicByte: 2 };

type RecordHeaders = readonly (readonly [name: string, value: Buffer | null])[];

function recordBytes({ key, value }: OutputRecord, headers: RecordHeaders): Buffer {
  const out = new ByteWriter().int8(0).varint(-7).varint(12);
  const put = (bytes: Buffer | null) => out.varint(bytes?.length ?? -1).raw(bytes ?? Buffer.alloc(0));
  put(key);
  put(value);
  out.varint(headers.length);
  for (const [name, each] of headers) {
    put(Buffer.from(name));
    put(each);
  }
  return Buffer.from(out.written());
}

const some = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const name = fc.constantFrom('a', 'b', 'traceparent', 'ä');

test('decodes as kafkajs does, repeated headers too', () => {
  const headers = fc.array(fc.tuple(name, some), { maxLength: 12 });
  fc.assert(
    fc.property(fc.option(some), fc.option(some), headers, (key, value, pairs) => {
      const bytes = recordBytes({ key, value }, pairs);
      const ours = decodeRecord(new Decoder(bytes), CONTEXT);
      expect({ ...ours, headers: { ...ours.headers } }).toEqual(original(new Decoder(bytes), CONTEXT));
    }),
  );
});

test('a header may be called as what every object has, and __proto__', () => {
  const value = Buffer.from('x');
  const bytes = recordBytes({ key: null, value: null }, [
    ['toString', value],
    ['__proto__', value],
  ]);
  expect(Object.entries(decodeRecord(new Decoder(bytes), CONTEXT).headers)).toEqual([
    ['toString', value],
    ['__proto__', value],
  ]);
});

test('a hundred thousand headers are read in a moment: kafkajs would be at it for hours', () => {
  const pairs = Array.from({ length: 100_000 }, (_, i) => [`h${i % 50_000}`, null] as const);
  const { headers } = decodeRecord(new Decoder(recordBytes({ key: null, value: null }, pairs)), CONTEXT);
  expect(Object.keys(headers)).toHaveLength(50_000);
});

test('the log’s time of appending counts where the topic says so', () => {
  const bytes = recordBytes({ key: null, value: null }, []);
  const context = { ...CONTEXT, timestampType: 1, maxTimestamp: '1770000000000' };
  expect(decodeRecord(new Decoder(bytes), context).timestamp).toBe('1770000000000');
});
