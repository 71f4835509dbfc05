import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { compareAuc } from '@scoreline/core/shadow/delong.ts';
import type { Candidate } from '@scoreline/core/shadow/report.ts';
import { spearman } from '@scoreline/core/shadow/spearman.ts';
import { createRunStore } from '@scoreline/runtime/backtest/run-store.ts';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  FIRST,
  INGESTED,
  LEADS,
  openShadowMonths,
  PROCESSED,
  SHADOW,
  type ShadowMonths,
  START_MS,
} from '../support/shadow-months.ts';

/** Reports of candidates against a recount by other means. */
const DAY_MS = 86_400_000;
const HORIZON_DAYS = 30;
let months: ShadowMonths;

beforeAll(async () => {
  months = await openShadowMonths(inject('stackEnv').CLICKHOUSE_URL);
});
afterAll(() => months.room.end());

interface Pair {
  readonly production: LeadScored;
  readonly candidate: LeadScored;
  readonly label: number;
}

function recountPairs(): Pair[] {
  const byOffset = new Map(months.shadow.map((score) => [score.source.offset, score]));
  return months.production.flatMap((score, i) => {
    const candidate = byOffset.get(score.source.offset);
    return candidate ? [{ production: score, candidate, label: Number(months.converted[i]) }] : [];
  });
}

const mature = (pairs: readonly Pair[]): Pair[] => {
  const asOf = Math.max(...months.production.map(({ event_time: timeMs }) => timeMs));
  return pairs.filter((pair) => pair.production.event_time + HORIZON_DAYS * DAY_MS <= asOf);
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the shadow', () => {
  test('each of production’s scores has its pair or its reason', async () => {
    const { report } = await months.reports.judge(SHADOW);
    const dead = (INGESTED - FIRST) / 100;
    expect(report.production).toEqual({ model: 'bank-leads', version: '1.0.0' });
    expect(report.coverage).toEqual({
      production: LEADS - FIRST,
      pairs: INGESTED - FIRST - dead - 9,
      share: (INGESTED - FIRST - dead - 9) / (LEADS - FIRST),
      unpaired: {
        deadLettered: dead,
        shadowLag: LEADS - PROCESSED,
        notIngested: PROCESSED - INGESTED,
        unexplained: 9,
      },
      beforeStart: FIRST,
    });
    expect(report.failures).toEqual({
      production: { count: 1, codes: [{ code: 'value.malformed', count: 1 }] },
      candidate: { count: dead, codes: [{ code: 'model.not_finite', count: dead }] },
    });
  });

  test('what is said of the pairs is what a recount says', async () => {
    const { report } = await months.reports.judge(SHADOW);
    const pairs = recountPairs();
    const differences = pairs.map((pair) => pair.candidate.score - pair.production.score);
    expect(report.agreement!.meanDifference).toBeCloseTo(mean(differences), 12);
    expect(report.agreement!.maxAbsoluteDifference).toBeCloseTo(Math.max(...differences.map(Math.abs)), 12);
    expect(report.agreement!.bandFlipShare).toBeCloseTo(
      mean(pairs.map((pair) => Number(pair.candidate.band !== pair.production.band))),
      12,
    );
    expect(report.agreement!.bands.reduce((sum, { count }) => sum + count, 0)).toBe(pairs.length);
    const side = (of: 'production' | 'candidate', from = pairs): Float64Array =>
      Float64Array.from(from, (pair) => pair[of].score);
    expect(report.comparison!.spearman).toBeCloseTo(spearman(side('production'), side('candidate'))!, 9);
    expect(report.speed!.candidate.inferenceUs).toEqual({ p50: 30, p95: 30, p99: 30 });
    expect(report.speed!.candidate.latencyMs).not.toBeNull();

    const labelled = mature(pairs);
    const labels = Float64Array.from(labelled, ({ label }) => label);
    expect(report.labels).toEqual({
      mature: labelled.length,
      labelled: labelled.length,
      conversions: labels.reduce((sum, label) => sum + label, 0),
      revenue: expect.any(Number) as number,
    });
    expect(report.comparison!.kpi).toBe('revenue');
    const auc = compareAuc(side('production', labelled), side('candidate', labelled), labels)!;
    expect(report.comparison!.auc!.candidate.value).toBeCloseTo(auc.candidate.value, 9);
    expect(report.comparison!.auc!.difference.low).toBeCloseTo(auc.difference.low!, 9);
    expect(report.calibration!.candidate.brier).toBeCloseTo(
      mean(labelled.map(({ candidate, label }) => (candidate.score - label) ** 2)),
      12,
    );
    expect(report.calibration!.production.bins.reduce((sum, { count }) => sum + count, 0)).toBe(
      labelled.length,
    );
  });

  test('a part of event time is a part of the pairs', async () => {
    const fromMs = START_MS + 10 * DAY_MS;
    const toMs = START_MS + 20 * DAY_MS;
    const { report } = await months.reports.judge(SHADOW, { fromMs, toMs });
    const within = recountPairs().filter(
      (pair) => pair.production.event_time >= fromMs && pair.production.event_time < toMs,
    );
    expect(report.coverage.pairs).toBe(within.length);
    expect(report.period!.days).toBeLessThan(10);
  });

  test('the gate says what it fails by', async () => {
    const { gate } = await months.reports.judge(SHADOW);
    const states = Object.fromEntries(gate.conditions.map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      shadow_side: 'pass',
      time: 'pass',
      sample: 'pass',
      coverage: 'fail',
      not_a_number: 'fail',
      failures: 'fail',
      inference: 'pass',
      edge_cases: 'pass',
      improvement: 'pass',
    });
  });

  test('a candidate that says nothing is an alarm', async () => {
    const { report, gate } = await months.reports.judge({ ...SHADOW, version: '1.9.9' });
    expect(report.coverage).toMatchObject({ production: LEADS, pairs: 0, share: 0 });
    expect(gate.conditions[0]).toMatchObject({ name: 'shadow_side', state: 'fail' });
    expect(gate.state).toBe('fail');
  });

  test('only those who scored in the shadow are listed', async () => {
    expect(await months.reports.listShadows()).toEqual([SHADOW]);
  });

  test('another version to compare with may be named', async () => {
    const { report } = await months.reports.judge(SHADOW, {
      against: { model: 'bank-leads', version: '0.9.0' },
    });
    expect(report.coverage).toMatchObject({ pairs: 0, production: 50 });
  });
});

describe('a backtest', () => {
  const RUN: Candidate = { ...SHADOW, role: 'backtest', runId: 'r1' };
  // It ends where the shadow hasn't come yet.
  const [from, to] = [4_000, 5_900];
  const isLost = (offset: number): boolean => offset % 10 === 3;

  beforeAll(async () => {
    const scores = months.candidate
      .filter(({ source: { offset } }) => offset >= from && offset < to && !isLost(offset))
      .map((score) => ({ ...score, role: 'backtest' as const, run_id: 'r1' }));
    await months.room.feed(scores, { stream: 'lead-shadow-scores' });
    const store = createRunStore(months.room.database);
    const { model, version } = RUN;
    const run = {
      runId: 'r1',
      candidate: { model, version },
      topic: 'lead-created',
      ranges: [{ partition: 0, from, to }],
      state: 'running',
      startedAtMs: 1,
    } as const;
    await store.save(run);
    await store.save({ ...run, state: 'finished' });
    const deadLetters = Array.from({ length: (to - from) / 10 }, (_, i) => ({
      key: null,
      value: null,
      headers: {
        'dlq.error.code': 'value.malformed',
        'dlq.source.topic': 'lead-created',
        'dlq.source.partition': '0',
        'dlq.source.offset': String(from + 10 * i + 3),
        'dlq.failed_at': new Date().toISOString(),
      },
    }));
    await store.keepDeadLetters('r1', deadLetters);
    // A batch that came twice.
    await store.keepDeadLetters('r1', deadLetters.slice(0, 5));
  });

  test('is found by its run, with its range, and with what ClickHouse has of it', async () => {
    const store = createRunStore(months.room.database);
    const run = await store.find('r1');
    expect(run).toMatchObject({ state: 'finished', ranges: [{ partition: 0, from, to }], startedAtMs: 1 });
    expect([...(await store.readIngested(run!))]).toEqual([[0, to - 1]]);
    expect(await store.find('r2')).toBeUndefined();
  });

  test('is reported on its own range alone', async () => {
    expect(await months.reports.findRun('r1')).toEqual(RUN);
    expect(await months.reports.findBacktestOf(SHADOW)).toEqual(RUN);
    const { report } = await months.reports.judge(RUN);
    expect(report.coverage).toEqual({
      production: to - from,
      pairs: 0.9 * (to - from),
      share: 0.9,
      unpaired: { deadLettered: 0.1 * (to - from), shadowLag: 0, notIngested: 0, unexplained: 0 },
      beforeStart: expect.any(Number) as number,
    });
    expect(report.failures.candidate.codes).toEqual([{ code: 'value.malformed', count: 0.1 * (to - from) }]);
    // It scores leads of long ago: that says nothing of how fast it is.
    expect(report.speed!.candidate.latencyMs).toBeNull();
  });

  test('changes nothing of the live shadow’s report, makes no windows and moves no watermark', async () => {
    const { report } = await months.reports.judge(SHADOW);
    expect(report.coverage.pairs).toBe(recountPairs().length);
    await months.room.close();
    expect(
      await months.room.database.query(`SELECT count() AS n FROM score_windows WHERE role = 'backtest'`),
    ).toEqual([{ n: 0 }]);
    const [clock] = await months.room.database.query<{ last: number }>(
      `SELECT toUnixTimestamp64Milli(max(max_event_time)) AS last FROM stream_progress WHERE stream = 'lead-shadow-scores'`,
    );
    expect(clock!.last).toBe(Math.max(...months.shadow.map(({ event_time: timeMs }) => timeMs)));
  });

  test('analysts find the sums of both by day', async () => {
    const [sums] = await months.room.database.query<Record<string, number>>(
      `SELECT sum(production) AS production, sum(pairs) AS pairs, sum(difference_sum) AS difference, sum(conversions) AS conversions
      FROM shadow_report WHERE role = 'shadow' AND production_version = '1.0.0' AND candidate_version = '1.1.0'`,
    );
    const pairs = recountPairs();
    expect(sums!['pairs']).toBe(pairs.length);
    expect(sums!['difference']).toBeCloseTo(
      pairs.reduce((sum, pair) => sum + pair.candidate.score - pair.production.score, 0),
      9,
    );
    expect(sums!['conversions']).toBe(pairs.reduce((sum, { label }) => sum + label, 0));
    expect(
      await months.room.database.query(
        `SELECT sum(pairs) AS pairs FROM shadow_report WHERE run_id = 'r1' AND production_version = '1.0.0'`,
      ),
    ).toEqual([{ pairs: 0.9 * (to - from) }]);
  });
});
