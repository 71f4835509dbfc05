import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { expect, test } from 'vitest';
import { createDriftEvents } from './drift-events.ts';
import { createLagTurn, createUnpublishedTurn, createWindowTurn, type TurnDeps } from './turns.ts';
import { closeWindows } from './windows/close-windows.ts';
import { createFailingWindows } from './windows/failing-windows.ts';

const completed = completePolicy({});
if (!completed.ok) throw new Error('a good policy');
const { policy } = completed;

/** A database that answers a query by the first of these words in it, and takes whatever is inserted. */
function answering(answers: Readonly<Record<string, () => unknown[]>>): {
  readonly database: Database;
  readonly inserted: Map<string, readonly object[]>;
} {
  const inserted = new Map<string, readonly object[]>();
  const database: Database = {
    async query<Row>(sql: string) {
      const found = Object.entries(answers).find(([word]) => sql.includes(word));
      return (found?.[1]() ?? []) as Row[];
    },
    command: async () => {},
    async insert(table, rows) {
      inserted.set(table, rows);
    },
    close: async () => {},
  };
  return { database, inserted };
}

const outOfMemory = (): never => {
  throw new Error('memory limit exceeded');
};
const undecided = () => [{ changes: '[]', records: '', window_start: 0 }];

function depsOn(
  database: Database,
  reader: Partial<TurnDeps['reader']> = {},
): TurnDeps & { published: () => number } {
  let published = 0;
  return {
    database,
    models: { learn: async () => {}, packageOf: () => undefined, policyOf: () => policy },
    store: { flush: async () => {}, problem: () => undefined },
    reader: {
      assigned: () => new Map(),
      owns: () => true,
      lag: async () => new Map(),
      fetched: () => new Map(),
      ...reader,
    },
    publish: async () => void published++,
    leadsWaiting: async () => 0,
    topicOf: (stream) => stream,
    events: createDriftEvents(createTelemetry({ service: 'drift', logLevel: 'silent' })),
    nowMs: () => 1_000,
    published: () => published,
  };
}

test('windows that can not be closed keep no alert from being published, and the turn fails', async () => {
  const { database } = answering({ dirty_windows: outOfMemory, alert_decisions: undecided });
  const deps = depsOn(database);
  await expect(createWindowTurn(deps)()).rejects.toThrow('memory limit exceeded');
  expect(deps.published()).toBe(1);
});

test('a service that can not be measured keeps no alert from being published', async () => {
  const { database } = answering({ operation_windows_raw: outOfMemory, alert_decisions: undecided });
  const deps = depsOn(database);
  await expect(createWindowTurn(deps)()).rejects.toThrow('memory limit exceeded');
  expect(deps.published()).toBe(1);
});

test('who loses the partition after settling what alerts say leaves their publishing to the new owner', async () => {
  const { database, inserted } = answering({ alert_decisions: undecided });
  const deps = depsOn(database, { owns: () => !inserted.has('alert_decisions') });
  await createWindowTurn(deps)();
  expect(inserted.has('alert_decisions')).toBe(true);
  expect(deps.published()).toBe(0);
});

test('one scope that can not be closed keeps no other from it', async () => {
  const dirty = ['broken', 'good'].map((model) => ({
    model,
    modelVersion: '1',
    role: 'production',
    size: 'PT1H',
    startMs: 0,
  }));
  const { database } = answering({ dirty_windows: () => dirty });
  const reached: string[] = [];
  const deps = depsOn(database);
  const closed = await closeWindows({
    ...deps,
    models: {
      ...deps.models,
      async learn(versions) {
        for (const { model } of versions) {
          reached.push(model);
          if (model === 'broken') outOfMemory();
        }
      },
    },
    isOwner: () => true,
    failing: createFailingWindows(deps.nowMs),
  });
  expect(reached).toEqual(['broken', 'good']);
  expect(closed.failures).toEqual([new Error('memory limit exceeded')]);
});

test('an instance that has lost its partition within the turn publishes nothing', async () => {
  let asked = 0;
  const { database } = answering({ alert_decisions: undecided });
  const deps = depsOn(database, { owns: () => asked++ === 0 });
  await createWindowTurn(deps)();
  expect(deps.published()).toBe(0);
});

test('how long an alert has waited is told while the brokers are away', async () => {
  const { database } = answering({ alert_decisions: () => [{ waiting: 1, sinceMs: 400 }] });
  const told: number[] = [];
  const deps = depsOn(database, { lag: () => Promise.reject(new Error('no broker')) });
  const events = { ...deps.events, unpublishedMeasured: (ms: number) => void told.push(ms) };
  await createUnpublishedTurn({ ...deps, events })();
  expect(told).toEqual([600]);
});

test('a partition with unread records is active, one without has been read until now', async () => {
  const { database, inserted } = answering({});
  const deps = depsOn(database, {
    assigned: () => new Map([['lead-scores', [0, 1]]]),
    lag: async () =>
      new Map([
        ['lead-scores/0', 1],
        ['lead-scores/1', 7],
      ]),
    fetched: () =>
      new Map([
        ['lead-scores/0', 5],
        ['lead-scores/1', 5],
      ]),
  });
  await createLagTurn(deps)();
  expect(inserted.get('stream_progress')).toEqual([
    expect.objectContaining({ partition: 0, active_at: 0, read_until: 1_000 }),
    expect.objectContaining({ partition: 1, active_at: 1_000, read_until: null }),
  ]);
});
