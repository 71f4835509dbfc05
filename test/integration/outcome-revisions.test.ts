import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { toOutcomeRow } from '@scoreline/drift/ingest/rows.ts';
import { markTouched } from '@scoreline/drift/performance/touched-cohorts.ts';
import { eraseRows } from '@scoreline/runtime/erasure/erase-rows.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { makeProbabilities, outcomesOf } from '../support/synthetic-outcomes.ts';

/** Cohorts that are computed again: of outcomes, of erasure, far apart. */
const { CLICKHOUSE_URL } = inject('stackEnv');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

const measuredBy =
  (size: string) =>
  (policy: CompletePolicy): CompletePolicy => {
    const windows = [parseDuration(size)!];
    return {
      ...policy,
      performance: { ...policy.performance, windows, alertOn: windows, compareWith: 3 },
    };
  };

/** Sixty days, of which thirty are mature, with all outcomes but the late ones. */
async function given(
  size: string,
  lateOf: (outcomes: readonly LeadOutcome[]) => readonly LeadOutcome[],
): Promise<{ readonly scores: readonly LeadScored[]; readonly late: readonly LeadOutcome[] }> {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: measuredBy(size) });
  const scores = makeProbabilities(bank.reference, { fromMs: START_MS, days: 60, aDay: 200, seed: 3 });
  const outcomes = outcomesOf(scores, ({ score }) => score, 4);
  await room.feed(scores);
  const late = lateOf(outcomes);
  await tell(outcomes.filter((outcome) => !late.includes(outcome)));
  await room.close();
  await room.measure();
  return { scores, late };
}

function tell(outcomes: readonly LeadOutcome[]): Promise<void> {
  return room.database.insert('lead_outcomes', outcomes.map(toOutcomeRow));
}

async function revisionOf(startMs: number): Promise<number | undefined> {
  const rows = await room.database.query<{ startMs: number; revision: number }>(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, revision FROM performance_cohorts FINAL WHERE kind = 'realised'`,
  );
  return rows.find((row) => row.startMs === startMs)?.revision;
}

test('a forgotten lead leaves its cohort open to late outcomes and late scores', async () => {
  const { scores, late } = await given('P1W', (outcomes) => outcomes.slice(20, 21));
  const forgotten = scores.find(({ lead_id: id }) => id !== late[0]!.lead_id)!;
  await eraseRows(room.database, crypto.randomUUID(), [forgotten.lead_id]);
  await tell(late);
  await room.measure();
  expect(await revisionOf(START_MS)).toBe(1);

  const [lateScore] = makeProbabilities(bank.reference, { fromMs: START_MS, days: 1, aDay: 1, seed: 5 });
  const source = { ...lateScore!.source, offset: scores.length };
  await room.feed([{ ...lateScore!, lead_id: 'late', event_id: 'late', source }]);
  await room.close();
  // What keeps outcomes from being looked through keeps no cohort from being measured.
  room.crashAt('performance_progress', 'before');
  await expect(room.measure()).rejects.toThrow('performance_progress');
  expect(await revisionOf(START_MS)).toBe(2);
});

test('cohorts far apart that are revised together are each compared with those right before them', async () => {
  const days = [5, 15, 25].map((day) => START_MS + day * DAY_MS);
  const { late } = await given('P1D', (outcomes) =>
    days.map((startMs) => outcomes.find(({ occurred_at: at }) => at >= startMs + 2 * DAY_MS)!),
  );
  const first = await readCompared(days);
  expect(first.map(({ revision }) => revision)).toEqual(first.map(() => 0));
  expect(first).toHaveLength(3 * days.length);

  await tell(late);
  await room.measure();
  expect(await readCompared(days)).toEqual(first.map((result) => ({ ...result, revision: 1 })));
});

test('outcomes are looked through in slices, each of which counts, until no cohort is left to mark', async () => {
  const { scores } = await given('P1W', () => []);
  const { database, models } = room;
  const HOUR_MS = 3_600_000;
  // A backfill that began three hours ago, an outcome a second, the first weeks' first.
  const beganAtMs = Date.now() - 3 * HOUR_MS;
  const rows = outcomesOf(scores, ({ score }) => score, 6).map(toOutcomeRow);
  const ingestedAtMs = (nth: number): number => beganAtMs + 1_000 * nth;
  await database.command('TRUNCATE TABLE lead_outcomes');
  await database.command('TRUNCATE TABLE performance_progress');
  await database.insert(
    'lead_outcomes',
    rows.map((row, nth) => ({ ...row, ingested_at: ingestedAtMs(nth) })),
  );

  const scopes = [{ model: 'bank-leads', modelVersion: '1.0.0', role: 'production' as const }];
  const look = { database, models, mayGoOn: () => false, outcomesAtOnce: 300 };
  const marks: number[] = [];
  while ((await markTouched(look, scopes)) === 'more') marks.push(await readMark());
  // Four weeks are mature: with the last one marked, what else has come needs no looking through.
  const dirty = await database.query(`SELECT 1 FROM performance_cohorts FINAL WHERE is_dirty`);
  expect(dirty).toHaveLength(4);
  expect(marks.length).toBeGreaterThan(3);
  expect(marks.length).toBeLessThan(rows.length / 300);
  expect(marks).toEqual(marks.map((_, n) => ingestedAtMs(300 * (n + 1) - 1) + 1));
  expect(await readMark()).toBeGreaterThan(ingestedAtMs(rows.length));
});

async function readMark(): Promise<number> {
  const [row] = await room.database.query<{ mark: number }>(
    `SELECT toUnixTimestamp64Milli(max(read_until)) AS mark FROM performance_progress`,
  );
  return row!.mark;
}

/** Results of cohorts that earlier ones are the measure of, with what these were. */
function readCompared(startsMs: readonly number[]): Promise<{ readonly revision: number }[]> {
  return room.database.query(
    `SELECT window_start, statistic, subject, revision, extract(detail, 'of \\d+ leads before.*|[\\d.]+ of \\d+ leads before') AS before
    FROM drift_results_raw FINAL
    WHERE (signal = 'business' OR statistic = 'auc_fall')
      AND toUnixTimestamp64Milli(window_start) IN {starts:Array(Int64)}
    ORDER BY ALL`,
    { starts: startsMs },
  );
}
