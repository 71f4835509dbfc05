import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchFrom, type LogStep, toBatches, writeLog } from '../../testing/transaction-log.ts';
import { loadOriginal } from '../testing/load-original.ts';
import { toFetchedRecord } from '../record.ts';
import { Batch } from './batch.ts';
import type { FetchedRecordBatch } from './record-batches.ts';

type BatchMethods = Pick<
  Batch,
  'isEmpty' | 'isEmptyDueToFiltering' | 'firstOffset' | 'lastOffset' | 'offsetLag' | 'offsetLagLow'
>;
const Original = loadOriginal('kafkajs/src/consumer/batch.js') as new (
  topic: string,
  fetchedOffset: string,
  data: object,
) => BatchMethods;

/** Records at these offsets of a batch that was written as `firstOffset` to `lastOffset`. */
function batchOf(firstOffset: number, lastOffset: number, offsets: readonly number[]): FetchedRecordBatch {
  const records = offsets.map((offset) =>
    toFetchedRecord({ offset, timestamp: 0, key: null, value: null, headers: {} }),
  );
  return { firstOffset, lastOffset, isControl: false, inTransaction: false, producerId: '-1', records };
}

function fetched(from: number, highWatermark: number, ...messages: FetchedRecordBatch[]): Batch {
  const data = { partition: 3, highWatermark: String(highWatermark), abortedTransactions: [], messages };
  return new Batch('topic', String(from), data);
}

function offsetsOf({ messages }: Batch): number[] {
  return messages.map(({ offset }) => offset);
}

function describeBatch(batch: BatchMethods) {
  return {
    isEmpty: batch.isEmpty(),
    isEmptyDueToFiltering: batch.isEmptyDueToFiltering(),
    firstOffset: batch.firstOffset(),
    lastOffset: batch.lastOffset(),
    offsetLag: batch.offsetLag(),
    offsetLagLow: batch.offsetLagLow(),
  };
}

describe('a fetched batch', () => {
  it('tells of any log what kafkajs tells, and holds what was committed', () => {
    const step: fc.Arbitrary<LogStep> = fc.record({
      producer: fc.constantFrom('1', '2', undefined),
      does: fc.constantFrom('write' as const, 'commit' as const, 'abort' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, from) => {
        const log = writeLog(steps);
        const answer = fetchFrom(log, from);
        const data = { ...answer, partition: 3, highWatermark: String(log.messages.length) };
        const ours = new Batch('topic', String(from), { ...data, messages: toBatches(answer) });
        const committed = answer.committed.filter(({ isControlRecord }) => !isControlRecord);
        expect(offsetsOf(ours)).toEqual(committed.map(({ offset }) => Number(offset)));
        const theirs = describeBatch(new Original('topic', String(from), data));
        // kafkajs lets aborted records through (see aborted-batches.ts): what depends on that is not compared.
        const isEmpty = committed.length === 0;
        const isEmptyDueToFiltering = isEmpty && answer.messages.length > 0;
        expect(describeBatch(ours)).toEqual({ ...theirs, isEmpty, isEmptyDueToFiltering });
      }),
    );
  });

  it('begins at the offset that was asked for, also within a batch', () => {
    const batch = fetched(12, 20, batchOf(5, 9, [5, 9]), batchOf(10, 14, [10, 11, 12, 14]));
    expect([offsetsOf(batch), batch.firstOffset(), batch.lastOffset()]).toEqual([[12, 14], '12', '14']);
  });

  it('ends where its last batch ended before compaction: the next fetch begins after it', () => {
    const batch = fetched(10, 20, batchOf(10, 14, [10, 11]));
    expect([offsetsOf(batch), batch.lastOffset(), batch.offsetLag()]).toEqual([[10, 11], '14', '5']);
    const nothingLeft = fetched(10, 20, batchOf(10, 14, []));
    expect([nothingLeft.isEmptyDueToFiltering(), nothingLeft.lastOffset()]).toEqual([true, '14']);
  });

  it('goes on by one where all that came stands before it', () => {
    const batch = fetched(10, 20, batchOf(8, 9, [8, 9]));
    expect([batch.isEmptyDueToFiltering(), batch.lastOffset()]).toEqual([true, '10']);
  });
});
