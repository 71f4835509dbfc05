import { periodOf } from '@scoreline/core/reports/period.ts';
import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { rolloutsQuery } from '@scoreline/runtime/periodic-reports/outcome-queries.ts';
import { overTimeQuery } from '@scoreline/runtime/periodic-reports/score-queries.ts';
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
