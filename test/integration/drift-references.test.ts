import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import type { WindowChoice } from '@scoreline/core/windows/reference-windows.ts';
import { windowAt } from '@scoreline/core/windows/tumbling.ts';
import { alertQuery } from '@scoreline/drift/alerts/alert-query.ts';
import { evaluateWindows } from '@scoreline/drift/windows/evaluate-windows.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** What windows are compared with: the latest ones, the same season. */
const env = inject('stackEnv');
const DAY_MS = 86_400_000;
/** A Monday. */
const START_MS = Date.UTC(2024, 0, 1);
const DAY = parseDuration('P1D')!;
const SCOPE = { model: 'bank-leads', modelVersion: '1.0.0', role: 'production' } as const;
const ROLLING: WindowChoice = { kind: 'rolling', windows: 5, gap: 1, minimumWindows: 3 };
const SEASON: WindowChoice = {
  kind: 'season',
  period: parseDuration('P1W')!,
  windows: 4,
  minimumWindows: 2,
};
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

/** Daily and weekly windows, compared with what the choice names. */
function comparedWith(
  reference: WindowChoice,
  days = ['P1D', 'P1W'],
): (policy: CompletePolicy) => CompletePolicy {
  const sizes = days.map((text) => parseDuration(text)!);
  return (policy) => ({
    ...policy,
    windows: { ...policy.windows, base: DAY, sizes, alertOn: sizes },
    drift: { ...policy.drift, minimumSample: 50, reference },
  });
}

/** 100 leads a day, whose inputs are bent by what `bend` makes of their day. */
function leads(
  days: number,
  bend: (day: number, set: (name: string, value: number | string | null) => void, random: number) => void,
  firstOffset = 0,
  fromDay = 0,
): LeadScored[] {
  const random = createRandom(11 + firstOffset);
  return Array.from({ length: days }, (_, i) => fromDay + i).flatMap((day, i) =>
    makeScores(
      {
        reference: bank.reference,
        random,
        distort: (inputs, names) =>
          bend(day, (name, value) => void (inputs[names.indexOf(name)] = value), random()),
      },
      {
        count: 100,
        fromMs: START_MS + day * DAY_MS,
        toMs: START_MS + (day + 1) * DAY_MS,
        firstOffset: firstOffset + 100 * i,
      },
    ),
  );
}

/** Every result of these days against what it is compared with, as drift makes them. */
async function evaluateDays(days: readonly number[], change: (policy: CompletePolicy) => CompletePolicy) {
  const windows = days.map((day) => ({ ...windowAt(START_MS + day * DAY_MS, DAY), revision: 0 }));
  return evaluateWindows(room.database, SCOPE, windows, { ...bank, policy: change(bank.policy) });
}

interface StoredRow {
  readonly value: number;
  readonly verdict: string;
  readonly reference: string;
  readonly detail: string;
}

/** What a segment's windows hold by the stored counts, and by a count of the scores. */
async function countSegments(): Promise<{ stored: object[]; counted: object[] }> {
  const index = bank.reference.features.findIndex(({ name }) => name === 'marital');
  const { bins } = bank.reference.features[index]!;
  const levels = bins.type === 'levels' ? bins.levels : [];
  const stored = await room.database.query<object>(
    `SELECT segment, window_size AS size, toString(window_start) AS at, count, round(mean_score, 9) AS mean, bands
    FROM segment_score_windows ORDER BY segment, size, at`,
  );
  const counted = await room.database.query<object>(
    `SELECT concat('marital=', ['${levels.join("', '")}'][bins[${index + 1}] + 1]) AS segment, size,
      toString(if(size = 'P1D', toStartOfDay(event_time), toStartOfInterval(event_time, INTERVAL 1 WEEK))) || '.000' AS at,
      count() AS count, round(avg(score), 9) AS mean, sumMap(map(toString(band), toUInt64(1))) AS bands
    FROM scores ARRAY JOIN ['P1D', 'P1W'] AS size
    WHERE segment IN ('marital=married', 'marital=single') AND event_time < fromUnixTimestamp64Milli(toInt64(${START_MS + 21 * DAY_MS}), 'UTC')
    GROUP BY segment, size, at ORDER BY segment, size, at`,
  );
  return { stored, counted };
}

async function storedDay(day: number, subject: string, statistic: string): Promise<StoredRow> {
  const [row] = await room.database.query<StoredRow>(
    `SELECT value, verdict, reference, detail FROM drift_results
    WHERE window_size = 'P1D' AND window_start = fromUnixTimestamp64Milli({at:Int64}) AND subject = {subject:String} AND statistic = {statistic:String}`,
    { at: START_MS + day * DAY_MS, subject, statistic },
  );
  return row!;
}

/** Each result's SQL gives its value; how many there were. */
async function expectQueriesGiveValues(
  windows: Awaited<ReturnType<typeof evaluateDays>>,
  policyOf: (policy: CompletePolicy) => CompletePolicy,
): Promise<ReadonlySet<string>> {
  const policy = policyOf(bank.policy);
  const kinds = new Set<string>();
  for (const { results, ...window } of windows) {
    for (const result of results) {
      const query = alertQuery(result, {
        window,
        role: 'production',
        reference: bank.reference,
        policy,
      });
      const [answer] = await room.database.query<{ value: number }>(query);
      expect([query, Math.abs(answer!.value - result.value)]).toEqual([query, expect.closeTo(0, 9)]);
      kinds.add(`${result.signal} ${result.statistic} ${result.subject === 'bands'}`);
    }
  }
  return kinds;
}

/** PSI of a level's bins in one stretch of days against another, written down anew in SQL. */
async function recountPsi(feature: string, day: number, fromDay: number, toDay: number): Promise<number> {
  const index = bank.reference.features.findIndex(({ name }) => name === feature);
  const at = (d: number): string => `fromUnixTimestamp64Milli(toInt64(${START_MS + d * DAY_MS}), 'UTC')`;
  const missing = bank.reference.features[index]!.counts.length + 1;
  const [row] = await room.database.query<{ psi: number }>(
    `WITH (SELECT count() FROM c) AS bins
    SELECT sum((p - q) * log(p / q)) AS psi FROM
    (
      SELECT (n + .5) / (sum(n) OVER () + bins / 2) AS p, (m + .5) / (sum(m) OVER () + bins / 2) AS q
      FROM c
    )`.replaceAll(
      'FROM c',
      `FROM (SELECT bins[${index + 1}] AS b,
          countIf(event_time >= ${at(day)} AND event_time < ${at(day + 1)}) AS n,
          countIf(event_time >= ${at(fromDay)} AND event_time < ${at(toDay)}) AS m
        FROM scores GROUP BY b HAVING b != ${missing} AND n + m > 0) AS c`,
    ),
  );
  return row!.psi;
}

test('a rolling reference is the days before, as a recount has them, and its SQL gives every value', async () => {
  const policyOf = comparedWith(ROLLING);
  room = await openDriftRoom(env.CLICKHOUSE_URL, { policyOf });
  const scores = leads(24, (day, set, random) => {
    if (random < 0.2) set('job', 'astronaut');
    if (random > 0.9) set('campaign', null);
    if (day >= 12) set('contact', 'cellular');
    if (day >= 12 && random < 0.5) set('age', 90);
  });
  await room.feed(scores.slice(0, 1_250));
  await room.close();
  // A restart in the middle: what is known stands in ClickHouse alone.
  await room.feed(scores.slice(1_250));
  await room.close();

  expect(await storedDay(3, 'contact', 'psi')).toMatchObject({
    verdict: 'insufficient_data',
    detail: '2 of 5 windows to compare with hold leads, 3 are needed',
  });
  for (const day of [9, 12, 15, 22]) {
    const { value, reference } = await storedDay(day, 'contact', 'psi');
    expect(value).toBeCloseTo(await recountPsi('contact', day, day - 6, day - 1), 12);
    const iso = (d: number): string => new Date(START_MS + d * DAY_MS).toISOString().slice(0, 10);
    expect(reference).toBe(`rolling: 5 of 5 P1D windows from ${iso(day - 6)} to ${iso(day - 1)}`);
  }
  // A change is one while the days before know nothing of it; then it is how things are.
  expect((await storedDay(12, 'contact', 'psi')).verdict).toBe('drifted');
  expect((await storedDay(22, 'contact', 'psi')).verdict).toBe('ok');
  const kinds = await expectQueriesGiveValues(await evaluateDays([12, 14], policyOf), policyOf);
  expect(kinds.size).toBe(15);
});

test('a season is the same weekday of the weeks before; one unlike the others is left out of it', async () => {
  const policyOf = comparedWith(SEASON, ['P1D']);
  room = await openDriftRoom(env.CLICKHOUSE_URL, { policyOf });
  const outage = 15;
  await room.feed(
    leads(43, (day, set, random) => {
      // Weekends are unlike weekdays, each week anew: a cycle, not drift.
      if (day % 7 >= 5 && random < 0.8) set('contact', 'cellular');
      if (day === outage) set('contact', null);
      if (day >= 36 && random < 0.7) set('housing', null);
    }),
  );
  await room.close();

  expect(await storedDay(5, 'contact', 'psi')).toMatchObject({ verdict: 'insufficient_data' });
  const drifted = await room.database.query<{ day: number; subject: string }>(
    `SELECT DISTINCT intDiv(toUnixTimestamp64Milli(window_start) - ${START_MS}, ${DAY_MS}) AS day, subject
    FROM drift_results WHERE verdict = 'drifted' AND statistic NOT IN ('kl', 'js', 'wasserstein') ORDER BY day`,
  );
  expect(drifted).toEqual([
    { day: outage, subject: 'contact' },
    ...[36, 37, 38, 39, 40, 41].map((day) => ({ day, subject: 'housing' })),
  ]);
  const weekLater = await storedDay(outage + 7, 'contact', 'psi');
  expect(weekLater.reference).toBe(
    'season P1W: 2 of 4 P1D windows from 2024-01-02 to 2024-01-10, 1 unlike them left out',
  );
  const evaluated = await evaluateDays([outage, outage + 7, 40], policyOf);
  expect((await expectQueriesGiveValues(evaluated, policyOf)).size).toBe(15);
});

test('late leads of a day revise its results, and those of the days that are compared with it', async () => {
  const policyOf = comparedWith(ROLLING, ['P1D']);
  room = await openDriftRoom(env.CLICKHOUSE_URL, { policyOf });
  const nothing = (): void => {};
  const scores = leads(16, nothing);
  const late = leads(1, (_, set) => set('job', 'student'), 50_000, 5);
  await room.feed(scores);
  await room.close();
  const before = await readAll();

  await room.feed(late);
  room.crashAt('dirty_windows', 'before');
  await room.close().catch(() => {});
  expect(await room.close()).toBe(1);
  // The five that come two days and more after it.
  expect(await room.close()).toBe(5);
  const after = await readAll();
  const changed = new Set(after.filter((row, i) => row.value !== before[i]!.value).map(({ day }) => day));
  expect([...changed]).toEqual([5, 7, 8, 9, 10, 11]);
  expect(after.filter(({ revision }) => revision > 0).every(({ day }) => day === 5)).toBe(true);

  // As if all had come in time.
  await room.end();
  room = await openDriftRoom(env.CLICKHOUSE_URL, { policyOf });
  await room.feed([...scores, ...late].sort((a, b) => a.event_time - b.event_time));
  await room.close();
  const inTime = await readAll();
  expect(inTime.map((row) => ({ ...row, revision: row.day === 5 ? 1 : 0 }))).toEqual(after);
});

interface ResultOfDay {
  readonly day: number;
  readonly subject: string;
  readonly statistic: string;
  readonly value: number;
  readonly verdict: string;
  readonly reference: string;
  readonly revision: number;
}

function readAll(): Promise<ResultOfDay[]> {
  return room.database.query(
    `SELECT intDiv(toUnixTimestamp64Milli(window_start) - ${START_MS}, ${DAY_MS}) AS day, subject, statistic, value, verdict,
      reference, revision
    FROM drift_results ORDER BY day, signal, subject, statistic`,
  );
}

test('the leads of a level have windows, results and alerts of their own, and all leads are judged as ever', async () => {
  const segmented = (policy: CompletePolicy): CompletePolicy => {
    const windows = comparedWith(ROLLING)(policy);
    const segment = { feature: 'marital', levels: null, most: 2, reference: ROLLING };
    return { ...windows, drift: { ...windows.drift, reference: { kind: 'training' }, segments: [segment] } };
  };
  room = await openDriftRoom(env.CLICKHOUSE_URL, { policyOf: segmented });
  // From day 10 on those who are single are older; they are a fifth of all.
  const random = createRandom(5);
  let row = 0;
  const scores = makeScores(
    {
      reference: bank.reference,
      random,
      distort: (inputs, names) => {
        const day = Math.floor(row++ / 400);
        if (day >= 10 && inputs[names.indexOf('marital')] === 'single') inputs[names.indexOf('age')] = 41;
      },
    },
    { count: 400 * 22, fromMs: START_MS, toMs: START_MS + 22 * DAY_MS, firstOffset: 0 },
  );
  for (let from = 0; from < scores.length; from += 2_500) {
    await room.feed(scores.slice(from, from + 2_500));
    for (const table of ['drift_results_raw', 'alert_decisions']) {
      room.crashAt(table, 'after');
      await room.close().catch(() => {});
    }
    await room.close();
    await room.publish();
  }

  const { stored, counted } = await countSegments();
  expect(stored).toEqual(counted);
  expect(stored).toHaveLength(2 * (21 + 3));
  const drifted = `SELECT segment, subject FROM segment_drift_results WHERE verdict = 'drifted' AND window_size = 'P1D' AND subject != 'overall'
    GROUP BY segment, subject HAVING uniqExact(window_start) > 1`;
  expect(await room.database.query(drifted)).toEqual([{ segment: 'marital=single', subject: 'age' }]);
  const ofAll = `SELECT count() AS n, countIf(reference = 'training') AS trained FROM drift_results WHERE signal = 'feature_drift'`;
  const [all] = await room.database.query<{ n: number; trained: number }>(ofAll);
  expect(all!.trained).toBe(all!.n);

  const ids = new Set(room.alerts.map(({ alert_id: id }) => id));
  expect([...ids]).toContain('bank-leads/1.0.0/feature_drift/psi/age/marital=single/P1D');
  expect([...ids].filter((id) => id.includes('marital=married'))).toEqual([]);
  const [first] = room.alerts.filter(({ segment }) => segment === 'marital=single');
  expect(first!.message).toMatch(
    /^age has drifted from the latest windows: .* leads of marital=single from 2024-01-1.*; compared with rolling: 5 of 5 P1D windows from /,
  );
  for (const { query, value } of room.alerts) {
    const [answer] = await room.database.query<{ value: number }>(query);
    expect([query, Math.abs(answer!.value - value)]).toEqual([query, expect.closeTo(0, 9)]);
  }
});
