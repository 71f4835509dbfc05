import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutputRecord } from './record.ts';
import { chunksForSend } from './send-chunks.ts';

const MAX_MESSAGES = 500;
const MAX_BYTES = 800_000;

describe('chunksForSend', () => {
  it('loses nothing, keeps the order and yields no empty run', () => {
    fc.assert(
      fc.property(recordSizes(), (sizes) => {
        const records = sizes.map(recordOf);
        const chunks = [...chunksForSend(records)];
        expect(chunks.flat()).toEqual(records);
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
      }),
    );
  });

  it('holds every run of more than one record to its limits', () => {
    fc.assert(
      fc.property(recordSizes(), (sizes) => {
        const several = [...chunksForSend(sizes.map(recordOf))].filter((chunk) => chunk.length > 1);
        expect(several.filter((chunk) => chunk.length > MAX_MESSAGES || bytesOf(chunk) > MAX_BYTES)).toEqual(
          [],
        );
      }),
    );
  });

  it('fills a run before it begins the next', () => {
    const small = Array.from({ length: 2 * MAX_MESSAGES + 1 }, () => recordOf(10));
    expect([...chunksForSend(small)].map((chunk) => chunk.length)).toEqual([MAX_MESSAGES, MAX_MESSAGES, 1]);
  });

  it('gives a record larger than the limit a run of its own', () => {
    const records = [recordOf(10), recordOf(MAX_BYTES + 1), recordOf(10)];
    expect([...chunksForSend(records)].map((chunk) => chunk.length)).toEqual([1, 1, 1]);
  });

  it('counts keys and headers too', () => {
    const wide = (): OutputRecord => ({
      key: Buffer.alloc(200_000),
      value: null,
      headers: { trace: Buffer.alloc(200_000), 'dlq.error.message': 'm'.repeat(50_000) },
    });
    expect([...chunksForSend([wide(), wide()])].map((chunk) => chunk.length)).toEqual([1, 1]);
  });

  it('yields nothing of nothing', () => {
    expect([...chunksForSend([])]).toEqual([]);
  });
});

function recordSizes(): fc.Arbitrary<number[]> {
  const size = fc.oneof(
    { weight: 20, arbitrary: fc.nat(2_000) },
    { weight: 3, arbitrary: fc.nat(MAX_BYTES + 1_000) },
  );
  return fc.array(size, { maxLength: 1_200, size: 'max' });
}

/** Slices of one buffer: contents don't matter. */
const zeros = Buffer.alloc(MAX_BYTES + 1_000);

function recordOf(bytes: number): OutputRecord {
  return { key: null, value: zeros.subarray(0, bytes) };
}

function bytesOf(records: readonly OutputRecord[]): number {
  return records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}
