import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { createLeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import { saveSuppression } from '@scoreline/runtime/erasure/suppression-store.ts';
import { createSuppressedLeads } from '@scoreline/drift/erasure/suppressed-leads.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { beginSweep, countOf, ERASURE_KEY, forget, HASHER, makeLeads } from '../support/erasure-room.ts';

/** Erasures that don't go straight: cut short, under another key, under several. */
const env = inject('stackEnv');
const DAY_MS = 86_400_000;
const OTHER_KEY = 'another key of the installation, longer';
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

test('without the key that leads were forgotten under, nothing is written', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  await forget(room, 'l0');
  const [{ database } = { database: '' }] = await room.database.query<{ database: string }>(
    `SELECT currentDatabase() AS database`,
  );
  const other = createDatabase({ url: env.CLICKHOUSE_URL, database });
  for (const key of [undefined, OTHER_KEY]) {
    const own = key === undefined ? undefined : createLeadHasher(key);
    const load = createSuppressedLeads({ database: other, hasher: own, nowMs: Date.now });
    await expect(load()).rejects.toThrow('ERASURE_KEY');
    const expiredNow = createSuppressedLeads({
      database: other,
      hasher: own,
      nowMs: () => Date.now() + 90 * DAY_MS,
    });
    expect(await expiredNow()).toBeUndefined();
  }
  await other.close();
});

test('under another key than the entries that stand nothing is begun', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  await forget(room, 'l0');
  const other = createLeadHasher(OTHER_KEY);
  await expect(forget(room, 'l01', { hasher: other })).rejects.toThrow(
    /ERASURE_KEY is another key[^]*1 leads, until 20/,
  );
  expect(await countOf(room, 'l01')).toBe(10);
  // Nor is there an entry of the other key, which would refuse this one.
  expect((await forget(room, 'l01')).rows.get('lead_scores')).toBe(10);
});

test('a run that is cut short says so and goes on when it is run again', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  await room.close();
  room.afterQuery('FROM lead_outcomes WHERE', async () => {
    throw new Error('crash');
  });
  await expect(forget(room, 'l0')).rejects.toThrow('crash');
  expect(await room.database.query(`SELECT state FROM suppressed_leads FINAL`)).toEqual([
    { state: 'erasing' },
  ]);
  const { isResumed, left, rows } = await forget(room, 'l0');
  expect([isResumed, left, rows.get('lead_scores')]).toEqual([true, 0, 10]);
  expect(await room.database.query(`SELECT state FROM suppressed_leads FINAL`)).toEqual([
    { state: 'erased' },
  ]);
  expect(await room.database.query(`SELECT lead_id FROM erasing_leads`)).toEqual([]);
  const again = await forget(room, 'l0');
  expect([again.isResumed, again.rows.get('lead_scores')]).toEqual([false, 0]);
});

test('a run that was cut short days ago still counts its rows once, and drift goes on with it by itself', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  await room.close();
  room.afterQuery('FROM lead_outcomes WHERE', async () => {
    throw new Error('crash');
  });
  await expect(forget(room, 'l0')).rejects.toThrow('crash');
  // As ClickHouse would after days.
  await room.database.command(
    `ALTER TABLE erasing_leads UPDATE since = now64(3) - INTERVAL 90 DAY WHERE 1 SETTINGS mutations_sync = 2`,
  );
  await room.database.command(`OPTIMIZE TABLE erasing_leads FINAL`);
  await room.feed(makeLeads(bank, { firstOffset: 10_000, days: 1, fromDay: 2 }).slice(5, 6));
  await room.close();
  const [day] = await room.database.query(
    `SELECT count, forgotten FROM score_windows_raw FINAL WHERE window_size = 'P1D' AND toDate(window_start) = '2024-01-03'`,
  );
  expect(day).toEqual({ count: 60, forgotten: 1 });

  await beginSweep(room)();
  expect(await countOf(room, 'l0')).toBe(10);
  await beginSweep(room, { nowMs: () => Date.now() + 70 * 60_000 })();
  expect(await countOf(room, 'l0')).toBe(0);
  const states = await room.database.query(`SELECT state FROM suppressed_leads FINAL`);
  expect(states).toEqual([{ state: 'erased' }]);
  expect(await room.database.query(`SELECT lead_id FROM erasing_leads`)).toEqual([]);
  const counted = await room.database.query(`SELECT sum(forgotten) AS n FROM forgotten_rows FINAL`);
  expect(counted).toEqual([{ n: 10 }]);
});

test('entries under two keys stop nothing where both are known: leads are recognized, forgotten and swept', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  await forget(room, 'l0');
  const rotated = createLeadHasher(OTHER_KEY, [ERASURE_KEY]);
  expect((await forget(room, 'l01', { hasher: rotated })).rows.get('lead_scores')).toBe(10);
  // Under the new key alone the old entry isn't recognized, and the other way round.
  for (const own of [HASHER, createLeadHasher(OTHER_KEY)]) {
    const load = createSuppressedLeads({ database: room.database, hasher: own, nowMs: Date.now });
    await expect(load()).rejects.toThrow('ERASURE_KEYS_BEFORE');
  }
  const load = createSuppressedLeads({ database: room.database, hasher: rotated, nowMs: Date.now });
  const isSuppressed = await load();
  expect(['l0', 'l01', 'l02'].map((id) => isSuppressed!(id))).toEqual([true, true, false]);
  const again = await forget(room, 'l0', { hasher: rotated });
  expect([again.isResumed, again.entry.keyId]).toEqual([false, rotated.keyId]);
  expect(await room.database.query(`SELECT DISTINCT state FROM suppressed_leads FINAL`)).toEqual([
    { state: 'erased' },
  ]);
});

test('two that begin at one moment under two keys both step back, and drift goes on', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { erasureKey: ERASURE_KEY });
  await room.feed(makeLeads(bank));
  const other = createLeadHasher(OTHER_KEY);
  // Between the look at others' keys and the entry another's entry comes.
  room.afterQuery('key_id NOT IN', () =>
    saveSuppression(room.database, {
      leadHash: other.hash('l01'),
      keyId: other.keyId,
      erasureId: crypto.randomUUID(),
      state: 'erasing',
      reason: '',
      requestedAtMs: Date.now(),
      untilMs: Date.now() + DAY_MS,
    }),
  );
  await expect(forget(room, 'l0')).rejects.toThrow('ERASURE_KEY is another key');
  expect(await countOf(room, 'l0')).toBe(10);
  const load = createSuppressedLeads({ database: room.database, hasher: other, nowMs: Date.now });
  const isSuppressed = await load();
  expect([isSuppressed!('l01'), isSuppressed!('l0')]).toEqual([true, false]);
});
