import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { eraseRows, LEAD_TABLES } from '@scoreline/runtime/erasure/erase-rows.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { beginSweep, countOf, ERASURE_KEY, forget, makeLeads, START_MS } from '../support/erasure-room.ts';

/** Erasure in ClickHouse, with drift's two halves around it and no Kafka between. */
const env = inject('stackEnv');
const DAY_MS = 86_400_000;
let bank: ModelPackage;
let room: DriftRoom;
let expired: number;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

async function openRoom(): Promise<void> {
  expired = 0;
  room = await openDriftRoom(env.CLICKHOUSE_URL, {
    erasureKey: ERASURE_KEY,
    events: { windowsExpired: (_scope, windows) => void (expired += windows.length) },
  });
}

function readDays(): Promise<{ count: number; revision: number; forgotten: number }[]> {
  return room.database.query(
    `SELECT count, revision, forgotten FROM score_windows_raw FINAL WHERE window_size = 'P1D' ORDER BY window_start`,
  );
}

async function addOutcomesAndDeadLetters(): Promise<void> {
  const outcome = (leadId: string) => ({
    lead_id: leadId,
    event_id: '',
    converted: true,
    label: null,
    value: null,
    occurred_at: START_MS,
    recorded_at: START_MS,
  });
  await room.database.insert('lead_outcomes', [outcome('l0'), outcome('l01')]);
  // The candidate could not score the first event of l0, nor that of l01.
  const letter = (offset: number) => ({
    topic: 'lead-created.dlq',
    partition: 0,
    offset,
    error_code: 'score.not_finite',
    source_topic: 'lead-created',
    source_partition: 0,
    source_offset: offset,
    failed_at: START_MS,
  });
  await room.database.insert('dead_letters_raw', [letter(0), letter(1)]);
}

test('a forgotten lead is gone from every table, stays away when all is read again, and nobody else is touched', async () => {
  await openRoom();
  const leads = makeLeads(bank);
  await room.feed(leads);
  await addOutcomesAndDeadLetters();
  await room.close();

  const { rows, left, entry, isResumed } = await forget(room, 'l0');
  expect([Object.fromEntries(rows), left, isResumed]).toEqual([
    { dead_letters_raw: 1, backtest_dead_letters_raw: 0, lead_outcomes: 1, lead_scores: 10 },
    0,
    false,
  ]);
  expect(entry.untilMs).toBeGreaterThan(Date.now() + 28 * DAY_MS);
  expect([await countOf(room, 'l0'), await countOf(room, 'l01')]).toEqual([0, 11]);

  // From the beginning, in other batches, so that no insert is taken for one that was there.
  await room.feed(leads.slice(0, 250), { firstOffset: -1 });
  await room.feed(leads.slice(250), { firstOffset: -2 });
  await room.close();
  expect([await countOf(room, 'l0'), await countOf(room, 'l01')]).toEqual([0, 11]);
  expect(expired).toBe(0);
});

test('nothing that ClickHouse keeps says who was forgotten', async () => {
  await openRoom();
  await room.feed(
    makeLeads(bank).map((score, i) => (i === 7 ? { ...score, lead_id: 'anna@example.org' } : score)),
  );
  await forget(room, 'anna@example.org');
  const tables = await room.database.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'View'`,
  );
  for (const { name } of tables) {
    const [found] = await room.database.query<{ n: number }>(
      `SELECT countIf(position(toString(tuple(*)), 'anna@') > 0) AS n FROM ${name}`,
    );
    expect([name, found]).toEqual([name, { n: 0 }]);
  }
  const [mutations] = await room.database.query<{ n: number; naming: number }>(
    `SELECT countIf(position(command, 'DELETE') > 0) AS n, countIf(position(command, 'anna') > 0) AS naming
    FROM system.mutations WHERE database = currentDatabase()`,
  );
  expect(mutations).toEqual({ n: 1, naming: 0 });
  const [guessed] = await room.database.query<{ n: number }>(
    `SELECT countIf(lead_hash IN (lower(hex(SHA256('anna@example.org'))), lower(hex(MD5('anna@example.org'))))) AS n FROM suppressed_leads`,
  );
  expect(guessed).toEqual({ n: 0 });
});

test('windows tell erasure from retention: no window is lost, and the next late event counts', async () => {
  await openRoom();
  await room.feed(makeLeads(bank));
  await room.close();
  await forget(room, 'l0');
  await room.feed(makeLeads(bank, { firstOffset: 10_000, days: 1, fromDay: 2 }).slice(5, 6));
  expect(await room.close()).toBe(2);
  const days = await readDays();
  expect(days[1]).toEqual({ count: 60, revision: 0, forgotten: 0 });
  expect(days[2]).toEqual({ count: 60, revision: 1, forgotten: 1 });
  const [week] = await room.database.query(
    `SELECT count, revision, forgotten FROM score_windows_raw FINAL WHERE window_size = 'P1W' ORDER BY window_start LIMIT 1`,
  );
  expect(week).toEqual({ count: 7 * 60, revision: 1, forgotten: 1 });
  // Retention is still seen.
  await room.database.command(
    `ALTER TABLE lead_scores DELETE WHERE source_offset % 7 = 0 SETTINGS mutations_sync = 2`,
  );
  await room.feed(makeLeads(bank, { firstOffset: 20_000, days: 1, fromDay: 2 }).slice(5, 6));
  await room.close();
  expect(expired).toBe(1);
  expect((await readDays())[2]).toEqual({ count: 60, revision: 1, forgotten: 1 });
});

test('a window that is computed while a lead is erased does not count it twice, so the next event is one more', async () => {
  await openRoom();
  await room.feed(makeLeads(bank));
  await room.close();
  const comesLate = async (firstOffset: number): Promise<void> => {
    await room.feed(makeLeads(bank, { firstOffset, days: 1, fromDay: 2 }).slice(5, 6));
    await room.close();
  };
  // Its scores have been counted as forgotten, and are still there.
  room.afterQuery('AS n FROM lead_outcomes', () => comesLate(10_000));
  await forget(room, 'l0');
  expect((await readDays())[2]).toEqual({ count: 60, revision: 1, forgotten: 1 });
  await comesLate(20_000);
  expect((await readDays())[2]).toEqual({ count: 61, revision: 2, forgotten: 1 });
  expect(expired).toBe(0);
});

test('what slips in while a lead is erased is swept away', async () => {
  await openRoom();
  const leads = makeLeads(bank);
  await room.feed(leads.slice(0, 60));
  await forget(room, 'l0');
  // An instance that had looked before the entry was there writes what it holds.
  await writeUnasked(leads.slice(60));
  expect(await countOf(room, 'l0')).toBe(9);
  let swept = 0;
  const sweep = beginSweep(room, { rowsSwept: (rows) => void (swept += rows) });
  await sweep();
  expect([swept, await countOf(room, 'l0'), await countOf(room, 'l01')]).toEqual([9, 0, 10]);
  await sweep();
  expect(swept).toBe(9);
});

test('a sweep that is cut short counts what it takes as forgotten once', async () => {
  await openRoom();
  const leads = makeLeads(bank);
  await room.feed(leads.slice(0, 60));
  await forget(room, 'l0');
  await writeUnasked(leads.slice(60));
  for (const each of ['crash', 'crash again']) {
    room.afterQuery('AS n FROM lead_outcomes', async () => {
      throw new Error(each);
    });
    await expect(beginSweep(room)()).rejects.toThrow(each);
  }
  await beginSweep(room)();
  expect([await countOf(room, 'l0'), await readForgotten()]).toEqual([0, [{ n: 10 }]]);
  expect(await room.database.query(`SELECT lead_id FROM erasing_leads`)).toEqual([]);
  // Rows of the same lead and minute that slip in later are others.
  await writeUnasked(leads.slice(61));
  await beginSweep(room)();
  expect([await countOf(room, 'l0'), await readForgotten()]).toEqual([0, [{ n: 18 }]]);
});

function readForgotten(): Promise<{ n: number }[]> {
  return room.database.query(`SELECT sum(forgotten) AS n FROM forgotten_rows FINAL`);
}

/** Writes rows without asking who is to be kept away. */
function writeUnasked(scores: readonly LeadScored[]): Promise<void> {
  return room.database.insert('lead_scores', scores.map(toScoreRow));
}

test('inputs that were left out are nowhere, and drift is measured from bins', async () => {
  await openRoom();
  const written = makeLeads(bank);
  await room.feed(written.map((score) => ({ ...score, inputs: [] })));
  await room.close();
  const [values] = await room.database.query(
    `SELECT sum(arrayCount(x -> x IS NOT NULL, input_numbers)) AS numbers, sum(arrayCount(x -> x IS NOT NULL, input_levels)) AS levels,
      min(length(bins)) AS bins FROM scores`,
  );
  expect(values).toEqual({ numbers: 0, levels: 0, bins: bank.reference.features.length });
  const results = await room.database.query(
    `SELECT statistic, verdict, sample_size AS n, alarms FROM drift_results
    WHERE subject = 'age' AND signal = 'feature_drift' AND window_size = 'P1W' AND statistic IN ('psi', 'ks', 'chi2')
    ORDER BY window_start, statistic LIMIT 3`,
  );
  expect(results).toEqual([
    { statistic: 'chi2', verdict: 'ok', n: 420, alarms: false },
    { statistic: 'ks', verdict: 'insufficient_data', n: 0, alarms: false },
    { statistic: 'psi', verdict: 'ok', n: 420, alarms: false },
  ]);
});

test('every table that names a lead or holds its inputs is known to erasure', async () => {
  await openRoom();
  const holding = await room.database.query<{ table: string }>(
    `SELECT DISTINCT c.table AS table FROM system.columns AS c
    INNER JOIN system.tables AS t ON c.database = t.database AND c.table = t.name
    WHERE c.database = currentDatabase() AND t.engine NOT LIKE '%View'
      AND (c.name IN ('lead_id', 'event_id', 'group_id', 'source_offset', 'reasons') OR c.name LIKE 'input%')
    ORDER BY table`,
  );
  const known = [...LEAD_TABLES.map(({ table }) => table), ...ABOUT_NO_LEAD].sort();
  expect(holding.map(({ table }) => table)).toEqual(known);
  await expect(eraseRows(room.database, 'not an id', [])).rejects.toThrow('no id of an erasure');
});

/** `erasing_leads` is empty but while a lead is erased; the others' event ids are those of decisions. */
const ABOUT_NO_LEAD = ['erasing_leads', 'model_events_raw', 'retraining_requests_raw', 'rollout_events_raw'];
