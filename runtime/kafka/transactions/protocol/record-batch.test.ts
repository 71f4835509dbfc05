import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRecords } from '../../packed-records.ts';
import type { OutputRecord } from '../../record.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';
import { writeRecordBatch } from './record-batch.ts';

/** kafkajs reads what we write: its decoder shares nothing with ours. */
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
  decoder: object,
) => Promise<DecodedBatch>;
const kafkajsCrc = require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;

interface DecodedBatch {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly inTransaction: boolean;
  readonly lastOffsetDelta: number;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offset: string;
    readonly timestamp: string;
    readonly headers: Readonly<Record<string, Buffer>>;
  }[];
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
/** kafkajs takes what every object has for a header that came before. */
const headerName = fc.string({ minLength: 1, maxLength: 40 }).filter((name) => !(name in {}));
const records = fc.array(
  fc.record<OutputRecord>({
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(headerName, fc.oneof(bytes, fc.string())),
  }),
  { minLength: 1, maxLength: 200 },
);

test('what is written is what kafkajs reads', async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (some, baseSequence) => {
      const out = new ByteWriter();
      const batch = {
        range: { records: packRecords(some), from: 0, to: some.length, firstByte: 0 },
        producer: { id: 4_611_686_018_427_387_904n, epoch: 7 },
        baseSequence,
        timestampMs: 1_760_000_000_123,
      };
      writeRecordBatch(out, batch);

      const decoded = await decodeBatch(new Decoder(Buffer.from(out.written())));
      expect(decoded).toMatchObject({
        producerId: '4611686018427387904',
        producerEpoch: 7,
        firstSequence: baseSequence,
        inTransaction: true,
        lastOffsetDelta: some.length - 1,
      });
      expect(
        decoded.records.map(({ key, value, headers }) => ({ key, value, headers: Object.entries(headers) })),
      ).toEqual(
        some.map(({ key, value, headers = {} }) => ({
          key,
          value,
          headers: Object.entries(headers).map(([name, each]) => [name, Buffer.from(each as string)]),
        })),
      );
      expect(decoded.records.map(({ offset }) => Number(offset))).toEqual(some.map((_, index) => index));
      expect(new Set(decoded.records.map(({ timestamp }) => timestamp))).toEqual(new Set(['1760000000123']));
    }),
    { numRuns: 50 },
  );
});

test('the checksum is that of the rest of the batch', () => {
  const out = new ByteWriter();
  const producer = { id: 1n, epoch: 0 };
  writeRecordBatch(out, {
    range: { records: packRecords([{ key: null, value: Buffer.from('x') }]), from: 0, to: 1, firstByte: 0 },
    producer,
    baseSequence: 0,
    timestampMs: 0,
  });
  const written = Buffer.from(out.written());
  expect(written.readUInt32BE(17)).toBe(kafkajsCrc(written.subarray(21)) >>> 0);
});

test("the check value of the CRC catalogue, and kafkajs's checksum of any bytes from any place", () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (array, from) => {
      const some = Buffer.from(array);
      expect(crc32c(some, from)).toBe(kafkajsCrc(some.subarray(from)) >>> 0);
    }),
  );
});
