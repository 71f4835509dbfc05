import { ClickHouseUnavailable, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Part } from './part.ts';
import { createStore } from './store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Insert {
  readonly table: string;
  readonly rows: readonly object[];
}

/** A database that takes inserts only; `refuse` says which it can't take now. */
function createInserts(refuse: (insert: Insert, tried: number) => Error | undefined): {
  readonly database: Database;
  readonly tried: Insert[];
} {
  const tried: Insert[] = [];
  const refused = (): never => {
    throw new Error('only inserts are expected');
  };
  const database: Database = {
    query: refused,
    command: refused,
    close: async () => {},
    async insert(table, rows) {
      const error = refuse({ table, rows }, tried.length);
      tried.push({ table, rows });
      if (error !== undefined) throw error;
    },
  };
  return { database, tried };
}

const PART: Part = {
  stream: 'lead-scores',
  partition: 1,
  firstTimestampMs: 5,
  lastTimestampMs: 8,
  firstOffset: 10,
  lastOffset: 19,
  rowCount: 1,
  table: 'lead_scores',
  rows: [{ score: 1 }],
  marks: [{ model: 'm', modelVersion: '1.0.0', role: 'production', size: 'P1D', startMs: 0 }],
  maxEventTimeMs: 77,
  isLive: true,
};

function storeOn(database: Database): ReturnType<typeof createStore> {
  const events = { rowsStored: () => {}, rowsLeftOut: () => {}, clickHouseAway: () => {} };
  return createStore({ database, events, loadSuppressed: async () => undefined, nowMs: Date.now });
}

test('rows are in before their marks, and both before the progress', async () => {
  const { database, tried } = createInserts(() => undefined);
  await storeOn(database).flush([
    PART,
    { ...PART, stream: 'lead-outcomes', table: 'lead_outcomes', marks: [] },
  ]);
  expect(tried.map(({ table }) => table)).toEqual([
    'lead_scores',
    'lead_outcomes',
    'dirty_windows',
    'stream_progress',
  ]);
  expect(tried[2]!.rows).toEqual([expect.objectContaining({ mark_id: 'lead-scores-1-10-19@5', done: 0 })]);
  expect(tried[3]!.rows).toEqual([
    expect.objectContaining({ partition: 1, max_event_time: 77, read_until: 8 }),
    expect.objectContaining({ stream: 'lead-outcomes', read_until: 8 }),
  ]);
});

test('an outage is waited out with the same rows, and told meanwhile', async () => {
  const { database, tried } = createInserts((_, times) =>
    times < 3 ? new ClickHouseUnavailable('ClickHouse is away') : undefined,
  );
  const store = storeOn(database);
  const flushed = store.flush([PART]);
  await vi.advanceTimersByTimeAsync(300);
  expect(store.problem()).toBe('ClickHouse is away');
  await vi.advanceTimersByTimeAsync(5_000);
  await flushed;
  expect(store.problem()).toBeUndefined();
  expect(tried.slice(0, 4)).toEqual(
    Array.from({ length: 4 }, () => ({ table: 'lead_scores', rows: PART.rows })),
  );
});

test('a long outage gives the batches back to Kafka, a defect at once', async () => {
  const away = createInserts(() => new ClickHouseUnavailable('ClickHouse is away'));
  const [settled] = await Promise.all([
    Promise.allSettled([storeOn(away.database).flush([PART])]),
    vi.advanceTimersByTimeAsync(60_000),
  ]);
  expect(settled).toEqual([{ status: 'rejected', reason: new ClickHouseUnavailable('ClickHouse is away') }]);
  const broken = createInserts(() => new TypeError('a bug'));
  await expect(storeOn(broken.database).flush([PART])).rejects.toThrow('a bug');
  expect(broken.tried).toHaveLength(1);
});

test('a batch of backtests alone is no sign of life of its stream', async () => {
  const { database, tried } = createInserts(() => undefined);
  await storeOn(database).flush([{ ...PART, isLive: false }]);
  expect(tried.find(({ table }) => table === 'stream_progress')?.rows).toEqual([]);
});
