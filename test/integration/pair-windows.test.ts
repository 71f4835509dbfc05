import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { spearman } from '@scoreline/core/shadow/spearman.ts';
import type { FailedWindow } from '@scoreline/drift/windows/failing-windows.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** Windows of pairs: the larger from the smaller, ranks of a sample, and what holds up what where one fails. */
const env = inject('stackEnv');
const DAY_MS = 86_400_000;
const MONDAY_MS = Date.UTC(2024, 0, 1);
const A_DAY = 300;
const SHADOW = { stream: 'lead-shadow-scores' } as const;
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

function production(days: number): LeadScored[] {
  const span = { count: A_DAY * days, fromMs: MONDAY_MS, toMs: MONDAY_MS + days * DAY_MS, firstOffset: 0 };
  return makeScores({ reference: bank.reference, random: createRandom(5) }, span);
}

/** The same leads as a candidate scores them: near, and every other one in band A. */
function candidate(scores: readonly LeadScored[]): LeadScored[] {
  return scores.map((score, i) => ({
    ...score,
    model_version: '1.1.0',
    role: 'shadow' as const,
    score: 0.9 * score.score + (i % 7) / 100,
    band: i % 2 === 0 ? 'A' : score.band,
  }));
}

const WEEK = `SELECT revision, production, pairs, round(band_flip_share * pairs) AS flips, mean_difference, spearman, spearman_pairs
  FROM shadow_windows WHERE window_size = 'P1W'`;

interface Week {
  readonly revision: number;
  readonly production: number;
  readonly pairs: number;
  readonly flips: number;
  readonly mean_difference: number;
  readonly spearman: number;
  readonly spearman_pairs: number;
}

test('a week is summed from its days, and tells ranks of the pairs with the lowest hashes', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, { mostSampledPairs: 500 });
  const served = production(9);
  const shadow = candidate(served);
  await room.feed(served);
  await room.feed(shadow, SHADOW);
  await room.close();

  const lowest = await room.database.query<{ p: number; c: number }>(
    `SELECT production_score AS p, candidate_score AS c FROM shadow_pairs
    WHERE event_time < fromUnixTimestamp64Milli({end:Int64})
    ORDER BY toUInt32(cityHash64(source_topic, source_partition, source_offset)) LIMIT 500`,
    { end: MONDAY_MS + 7 * DAY_MS },
  );
  const ofWeek = served.slice(0, 7 * A_DAY);
  const flips = ofWeek.filter(({ band }, i) => shadow[i]!.band !== band).length;
  const difference = ofWeek.reduce((sum, { score }, i) => sum + shadow[i]!.score - score, 0);
  const [week] = await room.database.query<Week>(WEEK);
  expect(week).toMatchObject({ production: 2_100, pairs: 2_100, flips, spearman_pairs: 500 });
  expect(week!.mean_difference).toBeCloseTo(difference / 2_100, 12);
  const columns = [lowest.map(({ p }) => p), lowest.map(({ c }) => c)] as const;
  expect(week!.spearman).toBeCloseTo(
    spearman(Float64Array.from(columns[0]), Float64Array.from(columns[1]))!,
    12,
  );
  const [told] = await room.database.query(
    `SELECT sample_size, detail FROM drift_results WHERE statistic = 'spearman' AND window_size = 'P1W'`,
  );
  expect(told).toEqual({
    sample_size: 500,
    detail: 'estimated from an even sample of 500 of 2100 pairs',
  });
});

test('a late pair adds to its week, also where the rows of other days are gone', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const [late, ...served] = production(9);
  await room.feed(served);
  await room.feed(candidate(served), SHADOW);
  await room.close();
  const [before] = await room.database.query<Week>(WEEK);
  expect(before).toMatchObject({ revision: 0, production: 2_099, spearman_pairs: 2_099 });

  await room.database.command(
    `ALTER TABLE lead_scores DELETE WHERE toDate(event_time) BETWEEN '2024-01-02' AND '2024-01-05' SETTINGS mutations_sync = 2`,
  );
  await room.feed([late!]);
  await room.feed(candidate([late!]), SHADOW);
  await room.close();
  expect((await room.database.query<Week>(WEEK))[0]).toMatchObject({
    revision: 1,
    production: 2_100,
    pairs: 2_100,
  });
});

test('ranks of a week aren’t told where one of its days was computed before there were samples', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const [late, ...served] = production(9);
  await room.feed(served);
  await room.feed(candidate(served), SHADOW);
  await room.close();
  await room.database.command(
    `ALTER TABLE shadow_windows_raw UPDATE sample = []
    WHERE window_size = 'P1D' AND toDate(window_start) BETWEEN '2024-01-02' AND '2024-01-05' SETTINGS mutations_sync = 2`,
  );
  await room.feed([late!]);
  await room.feed(candidate([late!]), SHADOW);
  await room.close();
  const [week] = await room.database.query<Week>(WEEK);
  expect(week).toMatchObject({ revision: 1, pairs: 2_100, spearman: null, spearman_pairs: 0 });
  const [told] = await room.database.query(
    `SELECT sample_size, verdict, detail FROM drift_results WHERE statistic = 'spearman' AND window_size = 'P1W'`,
  );
  expect(told).toEqual({
    sample_size: 0,
    verdict: 'insufficient_data',
    detail: 'not told: a base window in it was computed before samples of pairs were kept',
  });
  const [stored] = await room.database.query(
    `SELECT length(sample) AS pairs FROM shadow_windows_raw FINAL WHERE window_size = 'P1W'`,
  );
  expect(stored).toEqual({ pairs: 0 });
});

test('a window that fails is told and waits, later ones and other scopes go on, and what it is part of waits with it', async () => {
  let nowMs = Date.now();
  const failed: FailedWindow[] = [];
  let failing = 0;
  room = await openDriftRoom(env.CLICKHOUSE_URL, {
    nowMs: () => nowMs,
    events: {
      windowFailed: (window) => void failed.push(window),
      windowsFailing: (count) => void (failing = count),
    },
  });
  const served = production(9);
  await room.feed(served);
  await room.feed(candidate(served), SHADOW);
  const tuesdayMs = MONDAY_MS + DAY_MS;
  room.refuse(
    (sql, { starts }) =>
      sql.includes('shadow_windows_raw') && (starts as number[]).some((start) => start === tuesdayMs),
  );
  await room.close();
  const days = `SELECT window_size AS size, count() AS n FROM shadow_windows GROUP BY size ORDER BY size`;
  expect(await room.database.query(days)).toEqual([{ size: 'P1D', n: 7 }]);
  const others = `SELECT role, count() AS n FROM score_windows WHERE window_size = 'P1W' GROUP BY role ORDER BY role`;
  expect(await room.database.query(others)).toEqual([
    { role: 'production', n: 1 },
    { role: 'shadow', n: 1 },
  ]);
  expect(failed.map(({ window }) => [window.size.text, window.startMs])).toEqual([['P1D', tuesdayMs]]);
  expect(failing).toBe(1);

  room.refuse(() => false);
  nowMs += 5_000;
  await room.close();
  expect(await room.database.query(days)).toEqual([
    { size: 'P1D', n: 8 },
    { size: 'P1W', n: 1 },
  ]);
  expect((await room.database.query<Week>(WEEK))[0]).toMatchObject({ production: 2_100 });
  await room.close();
  expect(failing).toBe(0);
});
