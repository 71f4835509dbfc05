import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRecords } from '../packed-records.ts';
import type { OutputRecord } from '../record.ts';
import { cutBatches } from './cut-batches.ts';
import { ByteWriter } from './protocol/byte-writer.ts';
import { writeRecordBatch } from './protocol/record-batch.ts';

const MAX_BYTES = 800_000;

const record = fc
  .tuple(fc.oneof(fc.nat(300), fc.nat(1_000_000)), fc.boolean(), fc.dictionary(fc.string(), fc.string()))
  .map(([size, hasKey, headers]): OutputRecord => ({
    key: hasKey ? Buffer.from('lead-1') : null,
    value: Buffer.alloc(size),
    headers,
  }));
const records = fc.array(record, { maxLength: 8 });

/** The bounds of the batches of these records, and how many bytes each takes. */
function cut(some: readonly OutputRecord[]) {
  return Array.from(cutBatches(packRecords(some)), ({ maxBytes, ...range }) => {
    const out = new ByteWriter();
    writeRecordBatch(out, { range, producer: { id: 1n, epoch: 0 }, baseSequence: 0, timestampMs: 0 });
    return { ...range, bytes: out.length, maxBytes };
  });
}

describe('records cut into batches', () => {
  it('are all there, in their order', () => {
    fc.assert(
      fc.property(records, (some) => {
        const batches = cut(some);
        const begins = [0, ...batches.map(({ to }) => to)];
        expect([...batches.map(({ from }) => from), some.length]).toEqual(begins);
        const bytesBefore = (index: number): number =>
          some
            .slice(0, index)
            .reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
        for (const { from, firstByte } of batches) expect(firstByte).toBe(bytesBefore(from));
      }),
    );
  });

  it('take no more bytes than they say, nor, where they are more than one, than brokers take', () => {
    fc.assert(
      fc.property(records, (some) => {
        for (const { bytes, maxBytes, from, to } of cut(some)) {
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          expect(to - from === 1 || bytes <= MAX_BYTES).toBe(true);
        }
      }),
    );
  });

  it('fill a batch before the next begins', () => {
    const many = Array.from({ length: 3_000 }, () => ({ key: null, value: Buffer.alloc(450) }));
    expect(cut(many).map(({ from, to }) => to - from)).toEqual([1_659, 1_341]);
  });
});
