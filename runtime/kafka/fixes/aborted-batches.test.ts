import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropAborted } from './aborted-batches.ts';
import { loadOriginal } from '../testing/load-original.ts';
import { fetchFrom, type Fetched, type LogStep, toBatches, writeLog } from '../../testing/transaction-log.ts';

const original = loadOriginal('kafkajs/src/consumer/filterAbortedMessages.js') as (
  fetched: Fetched,
) => Fetched['messages'];

const A = '1';
const B = '2';

/** Two producers write in turns; A aborts after B, though it began before. */
const interleavedAborts: LogStep[] = [
  { producer: A, does: 'write' },
  { producer: B, does: 'write' },
  { producer: B, does: 'abort' },
  { producer: A, does: 'write' },
  { producer: A, does: 'abort' },
  { producer: A, does: 'write' },
  { producer: A, does: 'commit' },
];

/** At offset 2 both transactions are open, and both will be aborted. */
const twoOpenAtTwo: LogStep[] = [
  { producer: A, does: 'write' },
  { producer: B, does: 'write' },
  { producer: A, does: 'write' },
  { producer: B, does: 'write' },
  { producer: B, does: 'abort' },
  { producer: A, does: 'abort' },
  { producer: undefined, does: 'write' },
];

const ZEROS = Buffer.from([0, 0, 0, 0]);

const zeroKeyInAborted: LogStep[] = [
  { producer: A, does: 'write', key: ZEROS },
  { producer: A, does: 'write' },
  { producer: A, does: 'abort' },
  { producer: undefined, does: 'write', key: ZEROS },
];

describe('dropAborted', () => {
  it('drops what two producers with interleaved aborts wrote, and keeps what came after', () => {
    const log = writeLog(interleavedAborts);
    expect(left(fetchFrom(log, 0))).toEqual([5]);
  });

  it('drops records where the fetch starts inside two open transactions that abort', () => {
    const log = writeLog(twoOpenAtTwo);
    expect(left(fetchFrom(log, 2))).toEqual([6]);
  });

  it('takes a lead whose key is four zero bytes for a lead, not for an abort marker', () => {
    const log = writeLog(zeroKeyInAborted);
    expect(left(fetchFrom(log, 0))).toEqual([3]);
  });

  it('gives back what it was given where nothing was aborted', () => {
    const batches = toBatches(fetchFrom(writeLog([{ producer: A, does: 'write' }]), 0));
    expect(dropAborted(batches, null)).toBe(batches);
  });

  it('leaves what was never aborted, on every log and from every offset', () => {
    fc.assert(
      fc.property(steps(), fc.nat(60), (log, from) => {
        const fetched = fetchFrom(writeLog(log), from);
        expect(left(fetched)).toEqual(offsetsOf(fetched.committed));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the filter of kafkajs 2.2.4, which is why there is ours', () => {
  it.each([
    ['interleaved aborts', interleavedAborts, 0],
    ['a fetch that starts inside two open transactions', twoOpenAtTwo, 2],
    ['a lead whose key is four zero bytes', zeroKeyInAborted, 0],
  ])('lets aborted records through: %s', (_name, log, from) => {
    const fetched = fetchFrom(writeLog(log), from);
    const leaked = offsetsOf(original(fetched)).filter(
      (offset) => !offsetsOf(fetched.committed).includes(offset),
    );
    expect(leaked).not.toEqual([]);
  });
});

/** Three producers in transactions and one without, in any order. */
function steps(): fc.Arbitrary<LogStep[]> {
  const step = fc.record({
    producer: fc.constantFrom(A, B, '3', undefined),
    does: fc.constantFrom('write' as const, 'write' as const, 'commit' as const, 'abort' as const),
  });
  return fc.array(step, { maxLength: 60 });
}

/** Offsets of what is left of a fetch. */
function left(fetched: Fetched): number[] {
  const batches = dropAborted(toBatches(fetched), fetched.abortedTransactions);
  return batches.filter(({ isControl }) => !isControl).map(({ firstOffset }) => firstOffset);
}

function offsetsOf(messages: Fetched['messages']): number[] {
  return messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
}
