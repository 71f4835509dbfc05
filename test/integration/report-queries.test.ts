import { periodOf } from '@scoreline/core/reports/period.ts';
import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { businessQuery, performanceQuery } from '@scoreline/runtime/periodic-reports/cohort-queries.ts';
import { candidatesQuery, rolloutsQuery } from '@scoreline/runtime/periodic-reports/outcome-queries.ts';
import { driftQuery, overTimeQuery } from '@scoreline/runtime/periodic-reports/score-queries.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** What a report's queries answer where time zones, names and late outcomes make it hard, on the real engine. */
const HOUR_MS = 3_600_000;
const DAY = { year: 2024, month: 1, day: 8 };
const WEEK = periodOf('weekly', DAY, 'UTC');

let room: DriftRoom;

beforeAll(async () => {
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL);
});
afterAll(() => room.end());

function scopeOf(more: Partial<ReportScope>): ReportScope {
  return { model: 'bank-leads', period: WEEK, clock: 'wall', writtenAtMs: WEEK.endMs + 6 * HOUR_MS, ...more };
}

test('leads over time begin at midnight of the time zone, without a gap where there is none', async () => {
  const { reference } = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
  const span = { fromMs: WEEK.startMs - 24 * HOUR_MS, toMs: WEEK.endMs + 24 * HOUR_MS, firstOffset: 0 };
  await room.feed(makeScores({ reference, random: createRandom(1) }, { count: 9 * 24 * 2, ...span }));
  const columnsOf = async (kind: 'daily' | 'weekly', timeZone: string) => {
    const period = periodOf(kind, DAY, timeZone);
    const sql = overTimeQuery(scopeOf({ period, clock: 'event' }));
    const rows = await room.database.query<{ startMs: number; leads: number }>(sql);
    return rows.map(({ startMs, leads }) => ({ atHour: (startMs - period.startMs) / HOUR_MS, leads }));
  };
  const every = (hours: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ atHour: i * hours, leads: 2 * hours }));
  expect(await columnsOf('weekly', 'Europe/Berlin')).toEqual(every(6, 28));
  expect(await columnsOf('daily', 'Asia/Kolkata')).toEqual(every(1, 24));
});

test('a report names the rollouts of its model alone, whatever they are called', async () => {
  const decided = { topic: 'rollouts', accepted: true, step: 0, decided_at: WEEK.startMs };
  const planOf = (model: string) => JSON.stringify({ control: { model }, treatments: [{ model, share: 1 }] });
  await room.database.insert('rollout_events_raw', [
    { ...decided, offset: 0, type: 'started', rollout_id: 'bank-leads-1', plan: planOf('bank-leads') },
    { ...decided, offset: 1, type: 'started', rollout_id: 'spring', plan: planOf('bank') },
    { ...decided, offset: 2, type: 'aborted', rollout_id: 'spring', plan: '' },
  ]);
  const idsOf = async (model: string) => {
    const rows = await room.database.query<{ id: string; type: string }>(rolloutsQuery(scopeOf({ model })));
    return rows.map(({ id, type }) => `${type} ${id}`);
  };
  expect(await idsOf('bank')).toEqual(['started spring', 'aborted spring']);
  expect(await idsOf('bank-leads')).toEqual(['started bank-leads-1']);
});

/** By the wall clock the week ends here; what is revised is revised an hour later. */
const INSIDE_MS = WEEK.endMs - 24 * HOUR_MS;
const LATER_MS = WEEK.endMs + HOUR_MS;
const DAY_BEFORE = { window_size: 'P1D', window_start: INSIDE_MS - 24 * HOUR_MS, window_end: INSIDE_MS };
const VERSION = { model: 'bank-leads', model_version: '1.0.0', role: 'production' };
const NEXT_WEEK = periodOf('weekly', { ...DAY, day: 15 }, 'UTC');

test('a cohort is told as it was known by the end of the week, also where outcomes have revised it since', async () => {
  const revisionOf = (revision: number, auc: number, computedAtMs: number) => {
    const measured = { ...VERSION, ...DAY_BEFORE, kind: 'realised', revision, computed_at: computedAtMs };
    return [
      { ...measured, metric: 'leads', value: 500 + revision },
      { ...measured, metric: 'conversions', value: 60 },
      { ...measured, metric: 'expected', value: 50 },
      { ...measured, metric: 'observed_over_expected', value: 1.2, low: 0.9, high: 1.6 },
      { ...measured, metric: 'auc', value: auc, low: auc - 0.1, high: auc + 0.1 },
      { ...measured, metric: 'band_conversion', at: 'A', value: auc / 2, sample_size: 100 },
    ];
  };
  const estimated = { ...VERSION, ...DAY_BEFORE, kind: 'estimated', revision: 0, computed_at: INSIDE_MS };
  await room.database.insert('performance_metrics_raw', [
    { ...estimated, metric: 'auc', value: 0.75 },
    ...revisionOf(0, 0.7, INSIDE_MS),
    ...revisionOf(1, 0.8, LATER_MS),
  ]);
  const told = { role: 'production', estimatedAuc: 0.75, conversions: 60, ratio: 1.2, ratioHigh: 1.6 };
  expect(await room.database.query(performanceQuery(scopeOf({})))).toMatchObject([
    { ...told, labels: 500, auc: 0.7 },
  ]);
  for (const revised of [{ period: NEXT_WEEK }, { clock: 'event' as const }]) {
    const sql = performanceQuery(scopeOf(revised));
    expect(await room.database.query(sql)).toMatchObject([{ ...told, labels: 501, auc: 0.8 }]);
  }
  expect(await room.database.query(businessQuery(scopeOf({})))).toMatchObject([
    { band: 'A', leads: 100, conversion: 0.35 },
  ]);
  const before = periodOf('weekly', { ...DAY, day: 1 }, 'UTC');
  for (const query of [performanceQuery, businessQuery])
    expect(await room.database.query(query(scopeOf({ period: before })))).toEqual([]);
});

test('a window stays in the week in which it was decided, whenever late events revise it', async () => {
  const revised = { ...DAY_BEFORE, revision: 1, computed_at: LATER_MS };
  const result = { ...VERSION, ...revised, signal: 'feature_drift', statistic: 'psi', verdict: 'drifted' };
  const judged = { ...result, value: 0.5, threshold: 0.25, sample_size: 900, alarms: true };
  const decision = { model: 'late', ...DAY_BEFORE, revision: 0, clock: 'event', published: 1 };
  const decided = { ...decision, model_version: '1.0.0', state: '[]', changes: '[]', decided_at: INSIDE_MS };
  await room.database.insert('drift_results_raw', [{ ...judged, model: 'late', subject: 'age' }]);
  await room.database.insert('shadow_windows_raw', [
    { ...revised, model: 'late', model_version: '1.0.0', production: 10, shadow: 10, pairs: 10 },
  ]);
  await room.database.insert('alert_decisions', [
    { ...decided, role: 'production' },
    { ...decided, role: 'pairs' },
  ]);
  await room.database.insert('drift_results_raw', [{ ...judged, model: 'undecided', subject: 'age' }]);
  const toldIn = async (query: typeof driftQuery, model: string) => {
    const weeks = [WEEK, NEXT_WEEK].map((period) => query(scopeOf({ model, period })));
    const rows = await Promise.all(weeks.map((sql) => room.database.query(sql)));
    return rows.map(({ length }) => length);
  };
  expect(await toldIn(driftQuery, 'late')).toEqual([1, 0]);
  expect(await toldIn(candidatesQuery, 'late')).toEqual([1, 0]);
  expect(await toldIn(driftQuery, 'undecided')).toEqual([0, 1]);
});
