import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { estimateCohort } from '@scoreline/core/performance/estimate-cohort.ts';
import type { MetricName } from '@scoreline/core/performance/metric-row.ts';
import { measureClassifier } from '@scoreline/core/performance/measure-cohort.ts';
import { foldLeads } from '@scoreline/core/performance/score-cells.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { toOutcomeRow } from '@scoreline/drift/ingest/rows.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { makeProbabilities, outcomesOf } from '../support/synthetic-outcomes.ts';

const { CLICKHOUSE_URL } = inject('stackEnv');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const A_DAY = 200;
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

/** Weeks alone, so that a cohort is 1,400 leads; the package's training AUC is of the bank's worst time. */
const weekly = (policy: CompletePolicy): CompletePolicy => {
  const windows = [parseDuration('P1W')!];
  const performance = { ...policy.performance, windows, alertOn: windows, threshold: 0.4, aucMinimum: 0.6 };
  return { ...policy, performance };
};

const scoresOf = (days: number, seed: number): LeadScored[] =>
  makeProbabilities(bank.reference, { fromMs: START_MS, days, aDay: A_DAY, seed });

function tell(outcomes: readonly LeadOutcome[]): Promise<void> {
  return room.database.insert('lead_outcomes', outcomes.map(toOutcomeRow));
}

interface StoredRow {
  readonly startMs: number;
  readonly kind: string;
  readonly metric: MetricName;
  readonly at: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly revision: number;
}

function readMetrics(view = 'performance_metrics'): Promise<StoredRow[]> {
  return room.database.query<StoredRow>(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, kind, metric, at, value, low, high, revision
    FROM ${view} ORDER BY window_start, kind, revision, metric, at`,
  );
}

/** To 1e-7: a sum in another order differs in its last digits. */
function nearly({ value, low, high }: Pick<StoredRow, 'value' | 'low' | 'high'>): object {
  const near = (bound: number): unknown => expect.closeTo(bound, 7);
  return { value: value && near(value), low: low && near(low), high: high && near(high) };
}

const MEASURED = { isCalibrated: true, threshold: 0.4, topK: 100, ndcgK: 10 };

test('a mature cohort is measured as a recount of its leads, and was estimated before', async () => {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: weekly });
  const scores = scoresOf(60, 1);
  const outcomes = outcomesOf(scores, ({ score }) => score, 2);
  await room.feed(scores);
  await tell(outcomes);
  await room.close();
  await room.measure();

  const stored = await readMetrics();
  const realised = stored.filter(({ kind }) => kind === 'realised');
  // Day 59 has come; four weeks are 30 days past, eight have closed.
  expect(new Set(realised.map(({ startMs }) => startMs)).size).toBe(4);
  expect(new Set(stored.map(({ startMs }) => startMs)).size).toBe(8);
  const answerOf = new Map(outcomes.map((outcome) => [outcome.lead_id, outcome]));
  for (const startMs of new Set(stored.map((row) => row.startMs))) {
    const leads = scores.filter(({ event_time: at }) => at >= startMs && at < startMs + 7 * DAY_MS);
    const told = leads.map(({ lead_id: id }) => answerOf.get(id));
    const column = (of: (i: number) => number): Float64Array => Float64Array.from(leads, (_, i) => of(i));
    const cells = foldLeads(
      column((i) => leads[i]!.score),
      column((i) => Number(told[i] !== undefined)),
    );
    const values = column((i) => told[i]?.value ?? 0);
    const sum = (of: (value: number) => number): number =>
      values.reduce((total, value) => total + of(value), 0);
    const sums = {
      leads: leads.length,
      unknown: 0,
      conversions: told.filter(Boolean).length,
      expected: leads.reduce((total, { score }) => total + score, 0),
      squaredError: leads.reduce(
        (total, { score }, i) => total + (score - Number(told[i] !== undefined)) ** 2,
        0,
      ),
      revenue: { size: leads.length, sum: sum((value) => value), sumOfSquares: sum((value) => value ** 2) },
      closeTimesMs: Float64Array.from(told.filter(Boolean), () => 2 * DAY_MS),
    };
    const bands = ['A', 'B', 'C', 'D'].map((band) => {
      const inBand = leads
        .map((lead, i) => (lead.band === band ? [Number(told[i] !== undefined)] : []))
        .flat();
      return { band, leads: inBand.length, conversions: inBand.reduce((total, one) => total + one, 0) };
    });
    const expected = {
      realised: measureClassifier(cells, bands, sums, MEASURED),
      estimated: estimateCohort(cells, MEASURED.threshold),
    };
    for (const row of stored.filter((each) => each.startMs === startMs)) {
      const found = expected[row.kind as 'realised'].find(
        ({ metric, at }) => metric === row.metric && at === row.at,
      );
      expect(row).toMatchObject({ revision: 0, ...nearly({ ...found! }) });
    }
    expect(stored.filter((each) => each.startMs === startMs && each.kind === 'estimated')).toHaveLength(
      expected.estimated.length,
    );
  }
  const [error] = await room.database.query<{ worst: number; pairs: number }>(
    `SELECT max(abs(error)) AS worst, count() AS pairs FROM performance_estimates WHERE metric = 'auc' AND realised IS NOT NULL`,
  );
  expect(error!.pairs).toBe(4);
  expect(error!.worst).toBeLessThan(0.05);
  await expectWindowsLikeLabels();
});

/** The view that analysts know says what a recount of `labelled_scores` says. */
async function expectWindowsLikeLabels(): Promise<void> {
  const columns = 'count, conversions, conversion_rate, expected, observed_over_expected, auc, brier';
  const windows = await room.database.query<Record<string, number>>(
    `SELECT ${columns} FROM performance_windows ORDER BY window_start`,
  );
  const recount = await room.database.query<Record<string, number>>(
    `SELECT toStartOfWeek(event_time, 1) AS week, count(label) AS count, sum(label) AS conversions,
      conversions / count AS conversion_rate, sumIf(score, label IS NOT NULL) AS expected,
      conversions / expected AS observed_over_expected,
      arrayROCAUC(groupArray(score), groupArray(label > 0)) AS auc, avg(pow(score - label, 2)) AS brier
    FROM labelled_scores GROUP BY week ORDER BY week LIMIT ${windows.length}`,
  );
  for (const [i, window] of windows.entries()) {
    for (const [name, value] of Object.entries(window))
      expect([name, value]).toEqual([name, expect.closeTo(recount[i]![name]!, 9)]);
  }
}

test('a late outcome makes the next revision of its cohort alone, both to be seen', async () => {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: weekly });
  const scores = scoresOf(60, 3);
  const outcomes = outcomesOf(scores, ({ score }) => score, 4).map((outcome) => ({
    ...outcome,
    value: null,
  }));
  const [late, inTime] = [outcomes.slice(20, 25), [...outcomes.slice(0, 20), ...outcomes.slice(25)]];
  await room.feed(scores);
  await tell(inTime);
  await room.close();
  await room.measure();
  const before = await readMetrics();
  await room.measure();
  await tell(inTime.slice(0, 50));
  await room.measure();
  expect(await readMetrics()).toEqual(before);

  await tell(late);
  await room.measure();
  const revised = (await readMetrics()).filter(({ revision }) => revision > 0);
  expect(new Set(revised.map(({ startMs }) => startMs))).toEqual(new Set([START_MS]));
  const conversions = (await readMetrics('performance_revisions')).filter(
    ({ metric, startMs, kind }) => metric === 'conversions' && startMs === START_MS && kind === 'realised',
  );
  expect(conversions.map(({ revision, value }) => [revision, value! - conversions[0]!.value!])).toEqual([
    [0, 0],
    [1, late.length],
  ]);
});

test('an interrupted turn is done again: the same metrics, each cohort decided once', async () => {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: weekly });
  const scores = scoresOf(60, 5);
  await room.feed(scores);
  await tell(outcomesOf(scores, ({ score }) => score / 2, 6));
  await room.close();
  for (const table of [
    'performance_metrics_raw',
    'drift_results_raw',
    'alert_decisions',
    'performance_cohorts',
  ]) {
    for (const when of ['before', 'after'] as const) {
      room.crashAt(table, when);
      await room.measure().catch(() => {});
    }
  }
  await room.measure();
  await room.publish();
  const revisions = await room.database.query(`SELECT DISTINCT revision FROM performance_cohorts FINAL`);
  expect(revisions).toEqual([{ revision: 0 }]);
  const fired = room.alerts.filter(({ signal }) => signal === 'calibration');
  expect(fired.map(({ state, window_start: at }) => [state, at])).toEqual([['firing', START_MS]]);
});

test('what goes wrong alarms once, with SQL that gives its value; an estimate is called one', async () => {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: weekly });
  const WEEK_MS = 7 * DAY_MS;
  const all = scoresOf(100, 7);
  const weekOf = ({ event_time: at }: LeadScored): number => Math.floor((at - START_MS) / WEEK_MS);
  // From the sixth week on scores tell nothing and half as many convert; from the ninth they don't even spread.
  const scores = all.map((score) =>
    weekOf(score) < 9 ? score : { ...score, score: 0.3 + score.score / 100 },
  );
  const chance = (score: LeadScored): number => (weekOf(score) < 5 ? score.score : 0.17);
  await room.feed(scores);
  await tell(outcomesOf(scores, chance, 8));
  await room.close();
  await room.measure();
  await room.publish();

  const fired = room.alerts.filter(({ state, signal }) => state === 'firing' && OUTCOME_SIGNALS.has(signal));
  const kinds = new Map(fired.map((alert) => [`${alert.signal} ${alert.statistic} ${alert.subject}`, alert]));
  expect([...kinds.keys()].sort()).toEqual(
    [
      'business relative_drop band_conversion',
      'business relative_drop revenue_per_lead',
      'calibration ratio_excess observed_over_expected',
      'performance auc_fall auc',
      'performance auc_shortfall auc',
      'performance estimated_auc_shortfall auc',
      ...(bank.manifest.training.metrics['auc']! < 0.55 ? [] : ['performance auc_drop auc']),
    ].sort(),
  );
  for (const alert of fired) {
    const [answer] = await room.database.query<{ value: number }>(alert.query);
    expect([alert.query, answer!.value]).toEqual([alert.query, expect.closeTo(alert.value, 9)]);
    expect(alert.window_start).toBeGreaterThanOrEqual(START_MS + 5 * WEEK_MS);
  }
  const estimate = kinds.get('performance estimated_auc_shortfall auc')!;
  expect([estimate.severity, estimate.window_start]).toEqual(['warning', START_MS + 9 * WEEK_MS]);
  expect(estimate.message).toContain('before any label');
  expect(kinds.get('performance auc_shortfall auc')!.message).toContain('at least 0.6 by the policy');
});

test('what a version did that has been replaced is measured and judged, and alarms nobody', async () => {
  room = await openDriftRoom(CLICKHOUSE_URL, { policyOf: weekly });
  const hourAgoMs = Date.now() - 3_600_000;
  const scores = scoresOf(100, 7).map((score) => ({ ...score, scored_at: hourAgoMs }));
  const last = scores.at(-1)!;
  const next = { ...last, event_id: 'next', model_version: '1.1.0', scored_at: Date.now() };
  await room.feed(scores);
  await room.feed([{ ...next, source: { ...last.source, offset: last.source.offset + 1 } }]);
  await tell(outcomesOf(scores, () => 0.17, 8));
  await room.close();
  await room.measure();
  await room.publish();

  const [judged] = await room.database.query<{ n: number }>(
    `SELECT count() AS n FROM drift_results WHERE signal = 'performance' AND verdict = 'drifted'`,
  );
  expect(judged!.n).toBeGreaterThan(0);
  expect(room.alerts.filter(({ signal }) => OUTCOME_SIGNALS.has(signal))).toEqual([]);
});

const OUTCOME_SIGNALS = new Set(['performance', 'calibration', 'business']);
