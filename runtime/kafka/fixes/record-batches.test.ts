import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../client.ts';
import type { FetchedRecord } from '../record.ts';
import { ByteWriter } from '../transactions/protocol/byte-writer.ts';
import { loadOriginal } from '../testing/load-original.ts';
import { decodeRecordBatches, type FetchDecoder } from './record-batches.ts';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => FetchDecoder;
const original = loadOriginal('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
  decoder: FetchDecoder,
) => Promise<readonly OriginalMessage[]>;
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => object;
const { RecordBatch: encodeBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(batch: object): Promise<{ readonly buffer: Buffer }>;
};
const encodeMessageSet = require('kafkajs/src/protocol/messageSet/index.js') as (set: object) => {
  readonly buffer: Buffer;
};

interface OriginalMessage extends Readonly<Record<'offset' | 'timestamp', string>> {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

const TIME = 1_760_000_000_000;
/** Where its attributes stand in a batch, and what a test sets there. */
const ATTRIBUTES_AT = 22;
const [APPEND_TIME, CONTROL] = [0x08, 0x20];

const some = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const record = fc.record({
  key: fc.option(some),
  value: fc.option(some),
  headers: fc.dictionary(fc.constantFrom('a', 'b', 'traceparent', 'ä'), fc.oneof(some, fc.array(some))),
  timestampDelta: fc.integer({ min: -5, max: 1e12 }),
});
const batch = fc.record({
  records: fc.array(record, { maxLength: 12 }),
  compression: fc.nat(4),
  transactional: fc.boolean(),
  producerId: fc.nat(),
  firstOffset: fc.nat(),
});
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

async function bytesOf({ records, firstOffset, ...rest }: Batch): Promise<Buffer> {
  const { buffer } = await encodeBatch({
    ...rest,
    firstOffset: String(firstOffset),
    firstTimestamp: TIME,
    lastOffsetDelta: Math.max(0, records.length - 1),
    records: records.map((each, offsetDelta) => encodeRecord({ ...each, offsetDelta })),
  });
  return Buffer.from(buffer);
}

function fetched(...parts: readonly Buffer[]): FetchDecoder {
  const bytes = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return new Decoder(Buffer.concat([size, bytes]));
}

const ONE: Batch = {
  records: [{ key: null, value: Buffer.from('x'), headers: {}, timestampDelta: 3 }],
  compression: 0,
  transactional: true,
  producerId: 7,
  firstOffset: 4_000,
};

/** Of a header that comes several times, the last: as records of ours have it. */
function lastOf(headers: OriginalMessage['headers']) {
  const each = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.at(-1) : value,
  ]);
  return Object.fromEntries(each.filter(([, value]) => value !== undefined));
}

function plain({ offset, timestamp, key, value, headers }: FetchedRecord) {
  return { offset, timestamp, key, value, headers: { ...headers } };
}

describe('a fetch', () => {
  test('is decoded as kafkajs does it, whatever it was compressed with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 4 }), async (batches) => {
        const parts = await Promise.all(batches.map(bytesOf));
        const messages = await original(fetched(...parts));
        const ours = await decodeRecordBatches(fetched(...parts));
        expect(ours.flatMap(({ records }) => records.map(plain))).toEqual(
          messages.map(({ offset, timestamp, key, value, headers }) => ({
            offset: Number(offset),
            timestamp: Number(timestamp),
            key,
            value,
            headers: lastOf(headers),
          })),
        );
        expect(ours.map(({ records: _records, ...own }) => own)).toEqual(
          batches.map(({ firstOffset, records, transactional, producerId }) => ({
            firstOffset,
            lastOffset: firstOffset + Math.max(0, records.length - 1),
            isControl: false,
            inTransaction: transactional,
            producerId: String(producerId),
          })),
        );
      }),
    );
  });

  test('ends before the batch that it holds only a part of', async () => {
    const whole = await bytesOf(ONE);
    for (const cut of [1, 20, whole.length - 1]) {
      const batches = await decodeRecordBatches(fetched(whole, whole.subarray(0, cut)));
      expect(batches).toHaveLength(1);
    }
    expect(await decodeRecordBatches(fetched(whole.subarray(0, -1)))).toEqual([]);
  });

  test('may hold nothing', async () => {
    expect(await decodeRecordBatches(fetched())).toEqual([]);
  });

  test('tells markers from records', async () => {
    const bytes = await bytesOf(ONE);
    bytes[ATTRIBUTES_AT] = (bytes[ATTRIBUTES_AT] ?? 0) | CONTROL;
    expect(await decodeRecordBatches(fetched(bytes))).toMatchObject([
      { isControl: true, inTransaction: true },
    ]);
  });

  test('has the log’s time of appending where the topic says so', async () => {
    const bytes = await bytesOf(ONE);
    bytes[ATTRIBUTES_AT] = (bytes[ATTRIBUTES_AT] ?? 0) | APPEND_TIME;
    bytes.writeBigInt64BE(1_770_000_000_000n, 35);
    const [own] = await decodeRecordBatches(fetched(bytes));
    expect(own?.records[0]?.timestamp).toBe(1_770_000_000_000);
  });

  test('in the format from before 0.11 is read, too', async () => {
    const entries = [
      { key: 'k', value: 'first' },
      { key: null, value: 'second', timestamp: TIME },
    ];
    const { buffer } = encodeMessageSet({ messageVersion: 1, compression: 0, entries });
    const bytes = Buffer.from(buffer);
    bytes.writeBigInt64BE(90n, 0);
    const [own, ...others] = await decodeRecordBatches(fetched(bytes));
    expect(others).toEqual([]);
    expect(own).toMatchObject({ firstOffset: 90, isControl: false, inTransaction: false });
    expect(own?.records.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual([
      ['k', 'first'],
      [undefined, 'second'],
    ]);
  });

  test('whose record is longer than it says is told, and not read as something else', async () => {
    const bytes = await bytesOf(ONE);
    // Zigzag: one byte more.
    bytes[61] = (bytes[61] ?? 0) + 2;
    await expect(decodeRecordBatches(fetched(bytes))).rejects.toThrow('the record at offset 4000');
  });

  test.each([-100, -12, 0, 48])(
    'whose batch says that it has %i bytes is told, and not read for ever',
    async (length) => {
      const bytes = await bytesOf(ONE);
      bytes.writeInt32BE(length, 8);
      await expect(decodeRecordBatches(fetched(bytes))).rejects.toThrow('shorter than its own fields');
    },
  );

  test('whose record ends too soon is told', async () => {
    const bytes = await bytesOf(ONE);
    bytes.writeInt32BE(2, 57);
    await expect(decodeRecordBatches(fetched(bytes))).rejects.toThrow('the bytes end before');
  });
});

describe('headers', () => {
  /** A batch of one record whose headers are these, in this order: kafkajs's encoder knows each name once. */
  function withHeaders(pairs: readonly (readonly [string, Buffer | null])[]): Buffer {
    const body = new ByteWriter().int8(0).varint(0).varint(0).varint(-1).varint(-1).varint(pairs.length);
    for (const [name, value] of pairs) {
      body.varint(Buffer.byteLength(name)).raw(Buffer.from(name));
      body.varint(value?.length ?? -1).raw(value ?? Buffer.alloc(0));
    }
    const records = new ByteWriter().varint(body.length).raw(body.written());
    const out = new ByteWriter()
      .int64(0n)
      .int32(49 + records.length)
      .int32(0)
      .int8(2)
      .int32(0)
      .int16(0);
    out.int32(0).int64(0n).int64(0n).int64(-1n).int16(0).int32(0).int32(1).raw(records.written());
    return out.written();
  }

  async function headersOf(pairs: readonly (readonly [string, Buffer | null])[]) {
    const [own] = await decodeRecordBatches(fetched(withHeaders(pairs)));
    return Object.entries(own?.records[0]?.headers ?? {});
  }

  const value = Buffer.from('x');

  test('may be called as what every object has, __proto__ and length', async () => {
    const pairs = ['toString', '__proto__', 'length'].map((name) => [name, value] as const);
    expect(await headersOf(pairs)).toEqual(pairs);
  });

  test('without a value are left out, and hide those of the name before them', async () => {
    expect(
      await headersOf([
        ['a', value],
        ['b', null],
        ['a', null],
        ['c', value],
      ]),
    ).toEqual([['c', value]]);
  });

  test('a hundred thousand are read in a moment: kafkajs would be at it for hours', async () => {
    const pairs = Array.from({ length: 100_000 }, (_, i) => [`h${i % 50_000}`, value] as const);
    expect(await headersOf(pairs)).toHaveLength(50_000);
  });
});
