import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { periodOf } from '@scoreline/core/reports/period.ts';
import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { createReportTurn, type ReportDeps } from '@scoreline/drift/reporting/report-turn.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { findReport, listReports } from '@scoreline/runtime/periodic-reports/report-store.ts';
import { writeReport } from '@scoreline/runtime/periodic-reports/write-report.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** Reports of what stands in ClickHouse, on the real engine: read, stored, announced, written by the command line. */
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
/** A report is due at an hour of the day: the leads were scored yesterday at noon, and it is read from noon on. */
const NOON_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const EVENT_DAY: ReportScope = {
  model: 'bank-leads',
  period: periodOf('weekly', { year: 2024, month: 1, day: 8 }, 'UTC'),
  clock: 'event',
  writtenAtMs: Date.UTC(2024, 1, 1),
};

let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL, {
    policyOf: (policy) => ({
      ...policy,
      windows: { ...policy.windows, alertOn: policy.windows.sizes.slice(0, 1) },
    }),
  });
  const random = createRandom(1);
  const scores = makeScores(
    {
      reference: bank.reference,
      random,
      distort: (inputs, names) => void (inputs[names.indexOf('age')] = random() < 0.8 ? 90 : null),
    },
    {
      count: 6_000,
      fromMs: START_MS,
      toMs: START_MS + 20 * DAY_MS,
      firstOffset: 0,
      scoredAtMs: NOON_MS - DAY_MS,
    },
  );
  await room.feed(scores);
  await room.close();
  await room.publish();
  const cohort = { model: 'bank-leads', model_version: '1.0.0', role: 'production', window_size: 'P1W' };
  const week = { ...cohort, window_start: START_MS, window_end: START_MS + 7 * DAY_MS, kind: 'realised' };
  const measured = { ...week, revision: 0, sample_size: 2_000 };
  await room.database.insert('performance_metrics_raw', [
    { ...measured, metric: 'leads', value: 2_000 },
    { ...measured, metric: 'conversions', value: 300 },
    { ...measured, metric: 'expected', value: 200 },
    { ...measured, metric: 'auc', value: 0.71, low: 0.68, high: 0.74 },
    { ...measured, metric: 'band_conversion', at: 'A', value: 0.3, low: 0.26, high: 0.34 },
  ]);
});
afterAll(() => room.end());

test('a week by event time: what drifted is named, each query runs as it is told and gives what is told', async () => {
  const { report, leads, markdown, html } = await writeReport(room.database, EVENT_DAY);
  expect(leads).toBe(7 * 300);
  expect(report.id).toBe('weekly-2024-01-08-bank-leads-event');
  expect(report.sections.map(({ title }) => title)).toEqual([
    'Alerts',
    'Service',
    'Scores',
    'Drift',
    'Realised performance',
    'Business',
    'What is not known',
  ]);
  expect(markdown).toMatch(/To look at first: age/);
  expect(markdown).toContain('0.71 (0.68 to 0.74) on 2,000');
  for (const { sql } of report.queries) await room.database.query(sql);
  const [versions] = await room.database.query<{ leads: number }>(report.queries[0]!.sql);
  expect(versions!.leads).toBe(leads);
  for (const text of [markdown, html]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
});

async function startReports(more: Partial<ReportDeps> = {}): Promise<() => Promise<'done' | 'more'>> {
  return createReportTurn({
    database: room.database,
    models: room.models,
    reportsUrl: 'https://scoreline.example/',
    nowMs: () => NOON_MS,
    isOwner: () => true,
    events: { reportWritten: () => {} },
    ...more,
  });
}

test('what is due is written and announced once, also where it was cut short; its alert resolves', async () => {
  const look = await startReports();
  await expect((await startReports({ isOwner: () => false }))()).resolves.toBe('done');
  room.crashAt('alert_decisions', 'before');
  await expect(look()).rejects.toThrow('crash before');
  while ((await look()) === 'more');
  await look();
  await room.publish();
  const told = room.alerts.filter(({ signal }) => signal === 'report');
  const stored = await listReports(room.database, { model: 'bank-leads', period: null, limit: 10 });
  expect(stored.map(({ period }) => period)).toContain('daily');
  expect(told.map(({ message }) => message.split(' ').at(-1))).toEqual(
    expect.arrayContaining(stored.map(({ id }) => `https://scoreline.example/reports/${id}`)),
  );
  expect(told).toHaveLength(stored.length);
  const daily = told.find(({ window_size: size }) => size === 'P1D')!;
  expect(daily).toMatchObject({ severity: 'info', state: 'firing', value: 6_000 });
  const [answer] = await room.database.query<{ value: number }>(daily.query);
  expect(answer!.value).toBe(6_000);
  const whole = await findReport(room.database, stored.find(({ period }) => period === 'daily')!.id);
  expect(whole?.html).toContain('<!doctype html>');

  const later = await startReports({ nowMs: () => NOON_MS + 3_600_001 });
  while ((await later()) === 'more');
  await room.publish();
  const resolved = room.alerts.filter(({ signal, state }) => signal === 'report' && state === 'resolved');
  expect(resolved.length).toBeGreaterThanOrEqual(stored.length);
});

test('by the command line: files for the day of the scoring; a day without leads says so', async () => {
  const [own] = await room.database.query<{ name: string }>(`SELECT currentDatabase() AS name`);
  const env = { ...process.env, ...inject('stackEnv'), CLICKHOUSE_DATABASE: own!.name };
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-reports-'));
  try {
    const args = ['report', '--period', 'weekly', '--date', '2024-01-10', '--out', folder];
    const nothing = await runScoreline(env, args);
    expect(nothing).toMatchObject({ code: 1, text: expect.stringContaining('--clock event') });
    const done = await runScoreline(env, [...args, '--clock', 'event']);
    expect(done).toMatchObject({ code: 0, text: expect.stringContaining('2,100 leads scored') });
    const html = await readFile(join(folder, 'weekly-2024-01-08-bank-leads-event.html'), 'utf8');
    expect(html).toContain('Weekly report on bank-leads, from 2024-01-08');
  } finally {
    await rm(folder, { recursive: true });
  }
});
