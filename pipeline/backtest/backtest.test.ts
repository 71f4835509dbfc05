import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { countOf, packRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import { type FetchedRecord, type OutputRecord, toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TransformBatch } from '../transform-batch.ts';
import { type BatchDone, createBoundedBatch } from './bounded-batch.ts';
import { createBacktestTally } from './tally.ts';

const RANGES = [{ partition: 0, from: 5, to: 10 }];

function record(offset: number): FetchedRecord {
  return toFetchedRecord({ offset, timestamp: 0, key: null, value: Buffer.from([offset]), headers: {} });
}

/** Scores even offsets and gives up odd ones. */
const transform: TransformBatch = async ({ records }) => ({
  fate: 'done',
  outputs: {
    scores: packRecords(records.filter(({ offset }) => offset % 2 === 0)),
    deadLetters: packRecords(
      records
        .filter(({ offset }) => offset % 2 === 1)
        .map(({ key, value, offset }) => ({ key, value, headers: { 'dlq.source.offset': String(offset) } })),
    ),
  },
});

/** How many there are; NaN where it waits. */
function scoresOf(result: Awaited<ReturnType<TransformBatch>>): number {
  return result.fate === 'done' ? countOf(result.outputs.scores) : NaN;
}

function createRoom(inner = transform, keep = async (): Promise<void> => {}) {
  const kept: OutputRecord[] = [];
  const done: BatchDone[] = [];
  const bounded = createBoundedBatch(
    {
      ranges: RANGES,
      async keepDeadLetters(deadLetters) {
        await keep();
        kept.push(...deadLetters);
      },
      onCommitted: (batch) => void done.push(batch),
    },
    inner,
  );
  return {
    kept,
    done,
    async run(partition: number, ...offsets: number[]) {
      const result = await bounded({ topic: 't', partition, records: offsets.map(record) });
      if (result.fate === 'done') result.onCommitted?.();
      return result;
    },
  };
}

describe('a bounded batch', () => {
  it('keeps dead letters aside and publishes none', async () => {
    const { run, kept, done } = createRoom();
    const result = await run(0, 5, 6, 7);
    expect(result).toMatchObject({ fate: 'done', outputs: { deadLetters: packRecords([]) } });
    expect(scoresOf(result)).toBe(1);
    expect(kept.map(({ headers }) => headers?.['dlq.source.offset'])).toEqual(['5', '7']);
    expect(done).toEqual([{ partition: 0, position: 8, scored: 1, deadLetters: 2, lastScored: 6 }]);
  });

  it('ends where the range does, in the middle of a batch too', async () => {
    const { run, done } = createRoom();
    const result = await run(0, 8, 9, 10, 12);
    expect(result).toMatchObject({ outputs: { scores: packRecords([record(8)]) } });
    expect(scoresOf(await run(0, 14))).toBe(0);
    expect(done.map(({ position, scored }) => [position, scored])).toEqual([
      [13, 1],
      [15, 0],
    ]);
  });

  it('passes over a partition that was added since', async () => {
    expect(scoresOf(await createRoom().run(1, 0, 2))).toBe(0);
  });

  it('waits where dead letters can’t be kept, and tells nothing as done', async () => {
    const { run, done } = createRoom(transform, async () => {
      throw new ClickHouseUnavailable('ClickHouse is away');
    });
    expect(await run(0, 5)).toEqual({ fate: 'unavailable', reason: 'ClickHouse is away' });
    expect(await run(0, 6)).toMatchObject({ fate: 'done' });
    expect(done).toHaveLength(1);
  });

  it('waits where scoring has to, and lets a defect through', async () => {
    const away = createRoom(async () => ({ fate: 'unavailable', reason: 'no registry' }));
    expect(await away.run(0, 6)).toEqual({ fate: 'unavailable', reason: 'no registry' });
    const broken = createRoom(transform, async () => {
      throw new TypeError('a bug');
    });
    await expect(broken.run(0, 5)).rejects.toThrow('a bug');
  });
});

describe('the tally of a backtest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const batch = (position: number, scored = 1): BatchDone => ({
    partition: 0,
    position,
    scored,
    deadLetters: 0,
    lastScored: position - 1,
  });

  it('goes on where the group stands, and is done at the end of each range', () => {
    const ranges = [...RANGES, { partition: 1, from: 3, to: 3 }];
    const tally = createBacktestTally(ranges, new Map([[0, 7]]), Date.now);
    expect(tally.progress()).toMatchObject({ done: 2, total: 5, scored: 0 });
    tally.committed(batch(9, 2));
    expect(tally.isDone()).toBe(false);
    tally.committed(batch(12, 1));
    expect(tally.isDone()).toBe(true);
    expect(tally.progress()).toMatchObject({ done: 5, total: 5, scored: 3 });
    expect([...tally.lastScored()]).toEqual([[0, 11]]);
  });

  it('is done with markers at the end only once it has been quiet', () => {
    const tally = createBacktestTally(RANGES, new Map(), Date.now);
    tally.committed(batch(9));
    tally.fetched(new Map([[0, 10]]));
    expect(tally.isDone()).toBe(false);
    vi.advanceTimersByTime(5_000);
    tally.fetched(new Map([[0, 9]]));
    expect(tally.isDone()).toBe(false);
    tally.fetched(new Map([[0, 10]]));
    expect(tally.isDone()).toBe(true);
  });
});
