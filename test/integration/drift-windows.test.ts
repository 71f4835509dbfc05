import { resultOf } from '@scoreline/core/alerts/testing/given.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { evaluateWindow } from '@scoreline/core/drift/evaluate-window.ts';
import { createHistograms } from '@scoreline/core/drift/histogram.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { windowAt } from '@scoreline/core/windows/tumbling.ts';
import { alertQuery } from '@scoreline/drift/alerts/alert-query.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

const env = inject('stackEnv');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const VERSION = { model: 'bank-leads', modelVersion: '1.0.0' };
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

interface ResultRow {
  readonly size: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
  readonly signal: DriftResult['signal'];
  readonly subject: string;
  readonly statistic: DriftResult['statistic'];
  readonly value: number | null;
  readonly p: number | null;
  readonly n: number;
  readonly verdict: string;
}

function readResults(where = '1'): Promise<ResultRow[]> {
  return room.database.query<ResultRow>(
    `SELECT window_size AS size, toUnixTimestamp64Milli(window_start) AS startMs, toUnixTimestamp64Milli(window_end) AS endMs,
      revision, signal, subject, statistic, value, p_value AS p, sample_size AS n, verdict
    FROM drift_results WHERE ${where} ORDER BY window_start, window_size, signal, subject, statistic`,
  );
}

/** Results to compare: sums of numbers differ in their last digits with the order in which the engine takes its rows. */
async function readRoundedResults(where?: string): Promise<ResultRow[]> {
  const round = (number: number | null): number | null =>
    number === null ? null : Number(number.toPrecision(11));
  const rows = await readResults(where);
  return rows.map(({ value, p, ...row }) => ({ ...row, value: round(value), p: round(p) }));
}

/** Scores of whole days with 60 a day, drawn from the reference. */
function scoresOfDays(days: number, seed: number, firstOffset = 0, fromDay = 0): LeadScored[] {
  const fromMs = START_MS + fromDay * DAY_MS;
  const span = { count: 60 * days, fromMs, toMs: fromMs + days * DAY_MS, firstOffset };
  return makeScores({ reference: bank.reference, random: createRandom(seed) }, span);
}

test('windows of every size hold what a recount of the raw scores holds, and the same statistics', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const scores = drifted(100, 1);
  for (let from = 0; from < scores.length; from += 1_500) await room.feed(scores.slice(from, from + 1_500));
  // Day 100 is still open, and with it its week, month and quarter.
  expect(await room.close()).toBe(99 + 14 + 3 + 1);

  const rows = await readResults();
  const histograms = createHistograms(bank.reference);
  let compared = 0;
  for (const { size, startMs } of rows.filter(({ subject }) => subject === 'bands')) {
    const duration = parseDuration(size)!;
    const builder = histograms.builder();
    for (const { inputs, bins, score, band, event_time: timeMs } of scores) {
      if (windowAt(timeMs, duration).startMs === startMs) builder.add(inputs, bins, score, band);
    }
    const { reference, policy, manifest } = bank;
    const expected = evaluateWindow({
      reference,
      policy,
      importance: manifest.importance,
      window: builder.build(),
    });
    const stored = rows.filter((row) => row.size === size && row.startMs === startMs);
    expect(stored).toHaveLength(expected.length);
    for (const result of expected) {
      const row = stored.find(
        ({ signal, subject, statistic }) =>
          signal === result.signal && subject === result.subject && statistic === result.statistic,
      )!;
      expect(row.value).toBeCloseTo(result.value, 12);
      expect(row.p).toBeCloseTo(result.pValue!, 12);
      expect([row.n, row.verdict]).toEqual([result.sampleSize, result.verdict]);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(3_000);
});

/** Drift of each kind: another range, missing values, a new level, other shares. */
function drifted(days: number, seed: number): LeadScored[] {
  const random = createRandom(seed);
  const distort = (inputs: (number | string | null)[], names: readonly string[]): void => {
    const set = (name: string, value: number | string | null): void =>
      void (inputs[names.indexOf(name)] = value);
    if (random() < 0.5) set('age', 90);
    if (random() < 0.3) set('campaign', null);
    if (random() < 0.2) set('job', 'astronaut');
    if (random() < 0.6) set('contact', 'telephone');
  };
  return makeScores(
    { reference: bank.reference, random, distort },
    { count: 60 * days, fromMs: START_MS, toMs: START_MS + days * DAY_MS, firstOffset: 0 },
  );
}

test('the SQL of every kind of result re-derives its value from the rows', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  await room.feed(drifted(32, 3));
  await room.close();
  const rows = await readResults(`window_size IN ('P1W', 'P1M')`);
  const kinds = new Set(
    rows.map(({ signal, statistic, subject }) => `${signal} ${statistic} ${subject === 'bands'}`),
  );
  expect(kinds.size).toBe(16);
  for (const { size, startMs, endMs, value, ...row } of rows.filter(({ size }) => size === 'P1M')) {
    const window = { ...VERSION, segment: null, size, clock: 'event', startMs, endMs, revision: 0 } as const;
    const query = alertQuery(
      resultOf({ signal: row.signal, subject: row.subject, statistic: row.statistic }),
      {
        window,
        role: 'production',
        reference: bank.reference,
        policy: bank.policy,
      },
    );
    const [answer] = await room.database.query<{ value: number }>(query);
    expect([query, Math.abs(answer!.value - value!)]).toEqual([query, expect.closeTo(0, 9)]);
  }
  const ranking = await room.database.query<{ feature: string; drifted: number }>(
    `SELECT feature, drifted FROM drift_ranking WHERE window_size = 'P1M' ORDER BY position`,
  );
  expect(ranking).toHaveLength(bank.reference.features.length);
  // A fifth of unseen levels is twenty times its limit.
  expect(ranking[0]).toEqual({ feature: 'job', drifted: 1 });
});

test('records that are read again change nothing; late ones are the next revision of their windows', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const scores = scoresOfDays(10, 5);
  await room.feed(scores);
  await room.close();
  const before = await readRoundedResults();

  await room.feed(scores.slice(100, 400));
  expect(await room.close()).toBeGreaterThan(0);
  expect(await readRoundedResults()).toEqual(before);

  const late = scoresOfDays(1, 6, 10_000, 2);
  await room.feed(late);
  expect(await room.close()).toBe(2);
  const after = await readRoundedResults();
  const revisions = new Map(after.map((row) => [`${row.size} ${row.startMs}`, row.revision]));
  expect(revisions.get(`P1D ${START_MS + 2 * DAY_MS}`)).toBe(1);
  expect(revisions.get(`P1W ${START_MS}`)).toBe(1);
  expect([...revisions.values()].filter((revision) => revision === 1)).toHaveLength(2);
  const [week] = await room.database.query<{ count: number }>(
    `SELECT count FROM score_windows WHERE window_size = 'P1W'`,
  );
  expect(week!.count).toBe(8 * 60);
});

test('larger windows wait for base windows that were not read with them', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { mostOfScope: 5 });
  await room.feed(scoresOfDays(16, 9));
  expect(await room.close()).toBe(15 + 2);
  const weeks = `SELECT count, revision FROM score_windows WHERE window_size = 'P1W' ORDER BY window_start`;
  expect(await room.database.query(weeks)).toEqual([
    { count: 7 * 60, revision: 0 },
    { count: 7 * 60, revision: 0 },
  ]);
  const [pending] = await room.database.query(
    `SELECT countIf(window_size = 'P1D') AS days FROM dirty_windows FINAL WHERE done = 0`,
  );
  expect(pending).toEqual({ days: 1 });
});

const READS_DIRTY_WINDOWS = 'SELECT DISTINCT model, model_version, role, window_size';

async function countWeeks(): Promise<readonly number[]> {
  const rows = await room.database.query<{ count: number }>(
    `SELECT count FROM score_windows WHERE window_size = 'P1W' ORDER BY window_start`,
  );
  return rows.map(({ count }) => count);
}

test('records that come while dirty windows are read, and end a week, are in that week', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const scores = scoresOfDays(16, 9);
  await room.feed(scores.slice(0, 60));
  room.afterQuery(READS_DIRTY_WINDOWS, () => room.feed(scores.slice(60)));
  await room.close();
  await room.close();
  expect(await countWeeks()).toEqual([7 * 60, 7 * 60]);
});

test('late records that come while dirty windows are read are in their week as well', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  await room.feed(scoresOfDays(16, 9));
  await room.close();
  await room.feed(scoresOfDays(1, 6, 10_000, 2));
  room.afterQuery(READS_DIRTY_WINDOWS, () => room.feed(scoresOfDays(1, 7, 20_000, 3)));
  await room.close();
  await room.close();
  expect(await countWeeks()).toEqual([9 * 60, 7 * 60]);
});

test('an alert fires once and resolves once, whatever is late, repeated or interrupted', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, {
    policyOf: (policy) => ({
      ...policy,
      windows: { ...policy.windows, alertOn: policy.windows.sizes.slice(0, 1) },
      drift: { ...policy.drift, minimumSample: 50 },
    }),
  });
  const calm = scoresOfDays(20, 8, 0, 0);
  const moved = drifted(20, 7).map((score, i) => ({
    ...score,
    source: { ...score.source, offset: 5_000 + i },
  }));
  const isDrifted = (timeMs: number): boolean =>
    timeMs >= START_MS + 5 * DAY_MS && timeMs < START_MS + 10 * DAY_MS;
  const scores = [
    ...calm.filter(({ event_time: timeMs }) => !isDrifted(timeMs)),
    ...moved.filter(({ event_time: timeMs }) => isDrifted(timeMs)),
  ].sort((a, b) => a.event_time - b.event_time);
  // In four parts, closing in between; the task dies at one step or another, and is run again.
  for (let from = 0; from < scores.length; from += 300) {
    await room.feed(scores.slice(from, from + 300));
    for (const table of ['drift_results_raw', 'alert_decisions', 'dirty_windows']) {
      for (const when of ['before', 'after'] as const) {
        room.crashAt(table, when);
        await room.close().catch(() => {});
      }
    }
    await room.close();
    room.crashAt('alerts_raw', 'before');
    await room.publish().catch(() => {});
    await room.publish();
  }
  await room.feed(scores.slice(0, 900));
  await room.feed(
    moved
      .slice(400, 500)
      .map((score) => ({ ...score, source: { ...score.source, offset: score.source.offset + 9_000 } })),
  );
  await room.close();
  await room.publish();

  // What was published again after a crash is the same record with the same key.
  const published = new Map(room.alerts.map((alert) => [`${alert.alert_id} ${alert.window_start}`, alert]));
  const episodes = Map.groupBy(published.values(), (alert) => alert.alert_id);
  expect([...episodes.keys()]).toContain('bank-leads/1.0.0/feature_drift/psi/age/-/P1D');
  expect([...episodes.keys()]).toContain('bank-leads/1.0.0/new_category/share/job/-/P1D');
  for (const changes of episodes.values()) {
    expect(changes.map(({ state }) => state)).toEqual(['firing', 'resolved']);
    expect(changes[0]!.episode_started_at).toBe(changes[1]!.episode_started_at);
  }
  const [stored] = await room.database.query<{ changes: number; firing: number }>(
    `SELECT count() AS changes, (SELECT count() FROM firing_alerts) AS firing FROM alerts`,
  );
  expect(stored).toEqual({ changes: 2 * episodes.size, firing: 0 });
});
