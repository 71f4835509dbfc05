import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { spearman } from '@scoreline/core/shadow/spearman.ts';
import { alertQuery } from '@scoreline/drift/alerts/alert-query.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** Who is compared with what: candidates with production, canaries beside it, versions without a package. */
const env = inject('stackEnv');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const MODELS = new URL('../../models', import.meta.url).pathname;
const CANDIDATE = { model: 'bank-leads', modelVersion: '1.1.0' };
let bank: ModelPackage;
let room: DriftRoom;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
afterEach(() => room.end());

function production(days: number, seed = 1): LeadScored[] {
  const span = { count: 300 * days, fromMs: START_MS, toMs: START_MS + days * DAY_MS, firstOffset: 0 };
  return makeScores({ reference: bank.reference, random: createRandom(seed) }, span);
}

/** The same leads, scored by the candidate. */
function shadowOf(
  scores: readonly LeadScored[],
  change: (score: LeadScored, i: number) => Partial<LeadScored>,
): LeadScored[] {
  return scores.map((score, i) => ({
    ...score,
    model_version: CANDIDATE.modelVersion,
    role: 'shadow' as const,
    ...change(score, i),
  }));
}

const SHADOW = { stream: 'lead-shadow-scores' } as const;

test('a candidate is compared with production lead by lead, as a recount has it', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL, {
    policyOf: (policy) => ({ ...policy, windows: { ...policy.windows, alertOn: policy.windows.sizes } }),
  });
  const served = production(9);
  const flips = (i: number): boolean => i % 2 === 0;
  // Every tenth lead is missing on the candidate's side; half of the others land in band A.
  const shadow = shadowOf(served, (score, i) => ({
    score: 0.9 * score.score + (i % 7) / 100,
    band: flips(i) ? 'A' : score.band,
  })).filter((_, i) => i % 10 !== 0);
  await room.feed(served);
  await room.feed(shadow, SHADOW);
  await room.close();
  await room.publish();

  const [week] = await room.database.query<Record<string, unknown>>(
    `SELECT * FROM shadow_windows WHERE window_size = 'P1W'`,
  );
  const pairs = served.flatMap((score, i) => {
    const other = shadow.find(({ source }) => source.offset === score.source.offset);
    return score.event_time < START_MS + 7 * DAY_MS && other ? [{ score, other, i }] : [];
  });
  const differences = pairs.map(({ score, other }) => other.score - score.score);
  const rank = spearman(
    Float64Array.from(pairs, ({ score }) => score.score),
    Float64Array.from(pairs, ({ other }) => other.score),
  );
  expect(week).toMatchObject({ production: 2_100, pairs: pairs.length, coverage: 0.9 });
  expect(week!['band_flip_share']).toBeCloseTo(
    pairs.filter(({ score, other }) => score.band !== other.band).length / pairs.length,
    12,
  );
  expect(week!['mean_difference']).toBeCloseTo(differences.reduce((sum, d) => sum + d, 0) / pairs.length, 12);
  expect(week!['max_difference']).toBeCloseTo(Math.max(...differences.map(Math.abs)), 12);
  expect(week!['spearman']).toBeCloseTo(rank!, 12);

  const alert = room.alerts.find(({ signal }) => signal === 'shadow_disagreement');
  expect(alert).toMatchObject({ window_size: 'P1D', model_version: '1.1.0', state: 'firing' });
  const [answer] = await room.database.query<{ value: number }>(alert!.query);
  expect(answer!.value).toBeCloseTo(alert!.value, 9);
  expect(room.alerts.filter(({ signal }) => signal === 'feature_drift')).toEqual([]);
});

test('a pair of a lead that is being erased counts as forgotten, not as a pair too', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const served = production(3);
  const shadow = shadowOf(served, () => ({}));
  await room.feed(served);
  await room.feed(shadow, SHADOW);
  const { lead_id, event_time: minute } = served[0]!;
  // An erasure has counted the rows, and not yet deleted them; another was cut short before it counted.
  const ofErasure = { minute, erasure_id: 'counted', forgotten: 1 };
  const counted = [served[0]!, shadow[0]!].map(({ model, model_version, role }) => {
    return { model, model_version, role, ...ofErasure };
  });
  await room.database.insert('erasing_leads', [
    { erasure_id: 'counted', lead_id },
    { erasure_id: 'not counted', lead_id: served[1]!.lead_id },
  ]);
  await room.database.insert('forgotten_rows', counted);
  await room.close();
  const [day] = await room.database.query(
    `SELECT production, shadow, pairs, forgotten FROM shadow_windows_raw FINAL ORDER BY window_start LIMIT 1`,
  );
  expect(day).toEqual({ production: 299, shadow: 299, pairs: 299, forgotten: 2 });
});

test('a candidate that says nothing is seen, and its late scores are the next revision', async () => {
  const silent: string[] = [];
  room = await openDriftRoom(env.CLICKHOUSE_URL, {
    candidates: [CANDIDATE],
    events: { candidateSilent: (_, { size }) => void silent.push(size) },
  });
  const served = production(3);
  await room.feed(served);
  await room.close();
  expect(silent).toEqual(['P1D', 'P1D']);
  const coverage = `SELECT toDate(window_start) AS day, revision, production, pairs FROM shadow_windows ORDER BY day`;
  expect(await room.database.query(coverage)).toEqual([
    { day: '2024-01-01', revision: 0, production: 300, pairs: 0 },
    { day: '2024-01-02', revision: 0, production: 300, pairs: 0 },
  ]);
  const [told] = await room.database.query(
    `SELECT value, verdict, detail FROM drift_results WHERE subject = 'coverage' LIMIT 1`,
  );
  expect(told).toEqual({
    value: 0,
    verdict: 'insufficient_data',
    detail: "the candidate scored 0 of production's 300 leads",
  });

  await room.feed(
    shadowOf(served, () => ({})),
    SHADOW,
  );
  await room.close();
  expect(await room.database.query(coverage)).toEqual([
    { day: '2024-01-01', revision: 1, production: 300, pairs: 300 },
    { day: '2024-01-02', revision: 1, production: 300, pairs: 300 },
  ]);
});

test('scores of a version without a package are counted and have no verdict, until it is there', async () => {
  let nowMs = Date.now();
  const modelsDir = mkdtempSync(join(tmpdir(), 'scoreline-models-'));
  room = await openDriftRoom(env.CLICKHOUSE_URL, { modelsDir, nowMs: () => nowMs });
  const scores = production(40);
  await room.feed(scores);
  expect(await room.close()).toBeGreaterThan(0);
  const days = `SELECT count() AS days, sum(count) AS leads FROM score_windows WHERE window_size = 'P1D'`;
  expect(await room.database.query(days)).toEqual([{ days: 39, leads: 39 * 300 }]);
  const verdicts = `SELECT DISTINCT window_size, verdict, detail FROM drift_results WHERE subject = 'score' ORDER BY window_size`;
  const detail = 'no package of bank-leads@1.0.0 in MODELS_DIR, so nothing to compare with';
  const sizes = ['P1D', 'P1W', 'PT1H'];
  expect(await room.database.query(verdicts)).toEqual(
    sizes.map((window_size) => ({ window_size, verdict: 'no_reference', detail })),
  );

  cpSync(MODELS, modelsDir, { recursive: true });
  nowMs += 60_000;
  await room.feed(scores.slice(0, 1));
  await room.close();
  const judged = `SELECT window_size, count() AS n FROM drift_results WHERE subject = 'age' AND statistic = 'psi' AND verdict = 'ok' GROUP BY window_size ORDER BY window_size`;
  expect(await room.database.query(judged)).toEqual([
    { window_size: 'P1D', n: 39 },
    { window_size: 'P1M', n: 1 },
    { window_size: 'P1W', n: 5 },
  ]);
});

test('scores that came before their package was known get windows in the sizes of its policy', async () => {
  let nowMs = Date.now();
  const modelsDir = mkdtempSync(join(tmpdir(), 'scoreline-models-'));
  room = await openDriftRoom(env.CLICKHOUSE_URL, { modelsDir, nowMs: () => nowMs });
  await room.feed(production(100));
  cpSync(MODELS, modelsDir, { recursive: true });
  nowMs += 60_000;
  await room.close();
  const windows = `SELECT window_size, count() AS n, sum(count) AS leads FROM score_windows GROUP BY window_size ORDER BY window_size`;
  expect(await room.database.query(windows)).toEqual([
    { window_size: 'P1D', n: 99, leads: 99 * 300 },
    { window_size: 'P1M', n: 3, leads: 91 * 300 },
    { window_size: 'P1W', n: 14, leads: 98 * 300 },
    { window_size: 'P3M', n: 1, leads: 91 * 300 },
  ]);
});

test('a canary has windows and alerts of its own, a backtest none', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const served = production(3);
  const canary = served.map((score) => ({
    ...score,
    role: 'canary' as const,
    source: { ...score.source, partition: 1 },
  }));
  const backtest = served.map((score) => ({ ...score, role: 'backtest' as const, run_id: 'r1' }));
  await room.feed([...served, ...canary]);
  await room.feed(backtest, SHADOW);
  await room.close();
  const roles = await room.database.query(`SELECT DISTINCT role FROM score_windows ORDER BY role`);
  expect(roles).toEqual([{ role: 'canary' }, { role: 'production' }]);
  expect(
    await room.database.query(`SELECT role, count() AS n FROM scores GROUP BY role ORDER BY role`),
  ).toEqual([
    { role: 'backtest', n: 900 },
    { role: 'canary', n: 900 },
    { role: 'production', n: 900 },
  ]);
});

test('names that hold quotes are safe in the SQL of an alert', async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  const window = {
    model: "o'h\\no",
    modelVersion: '1',
    segment: null,
    size: 'P1D',
    clock: 'event',
    startMs: 0,
    endMs: 1,
    revision: 0,
  } as const;
  const result = { signal: 'prediction_drift', subject: 'score', statistic: 'psi' } as DriftResult;
  const query = alertQuery(result, { window, role: 'production', reference: bank.reference });
  expect(await room.database.query(query)).toEqual([{ value: 0 }]);
});
