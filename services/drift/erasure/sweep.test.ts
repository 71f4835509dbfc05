import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { StoredSuppression } from '@scoreline/runtime/erasure/suppression-store.ts';
import { expect, test } from 'vitest';
import { createSweepTurn } from './sweep.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 100 * HOUR_MS;
const ERASING: StoredSuppression = {
  leadHash: 'hash',
  keyId: 'key',
  erasureId: 'erasure',
  state: 'erasing',
  reason: '',
  requestedAtMs: 0,
  untilMs: 200 * HOUR_MS,
  changedAtMs: NOW_MS - HOUR_MS / 2,
};

/** What turns tell of these entries, owner or not, turn by turn. */
async function countUnfinished(
  entries: readonly StoredSuppression[],
  isOwner: readonly boolean[],
): Promise<readonly number[]> {
  const refused = (): never => {
    throw new Error('only entries are expected to be read');
  };
  const database: Database = {
    query: async <Row>(sql: string) => (sql.includes('GROUP BY') ? [] : [...entries]) as Row[],
    command: refused,
    insert: refused,
    close: async () => {},
  };
  const told: number[] = [];
  const owning = [...isOwner];
  const turn = createSweepTurn({
    database,
    hasher: undefined,
    isOwner: () => owning.shift() ?? false,
    events: { rowsSwept: refused, erasuresUnfinished: (count) => void told.push(count) },
    nowMs: () => NOW_MS,
    newErasureId: refused,
  });
  for (let i = 0; i < isOwner.length; i += 1) await turn();
  return told;
}

test('a run is cut short when it has had its time, however long ago the lead was forgotten first', async () => {
  expect(await countUnfinished([ERASING], [true])).toEqual([0]);
  const old = { ...ERASING, changedAtMs: NOW_MS - 2 * HOUR_MS };
  expect(await countUnfinished([old, ERASING, { ...old, state: 'erased' }], [true])).toEqual([1]);
});

test('who is not the owner any more counts no run as cut short', async () => {
  const old = { ...ERASING, changedAtMs: 0 };
  expect(await countUnfinished([old], [true, false])).toEqual([1, 0]);
});
