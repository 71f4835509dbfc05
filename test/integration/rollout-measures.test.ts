import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import type { CheckName, CheckState } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { CANARY_PLAN, DAY_MS, given, of, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { toOutcomeRow, toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { createRolloutMeasurer } from '@scoreline/runtime/rollouts/measure/measurer.ts';
import { createEvaluationRecorder } from '@scoreline/runtime/rollouts/measure/record-evaluation.ts';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { type Ailments, HEALTHY, makeRolloutLeads, type RolloutLeads } from '../support/rollout-leads.ts';

/** Canaries of every kind on a real ClickHouse, and what the checks say of each. */
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const PLAN: RolloutPlan = {
  ...CANARY_PLAN,
  steps: [
    { share: 0.1, duration_ms: DAY_MS },
    { share: 1, duration_ms: DAY_MS },
  ],
  checks: [
    { name: 'error_rate', limit: 0.02, on_failure: 'roll_back' },
    { name: 'latency', limit: 0.5, on_failure: 'roll_back' },
    { name: 'kpi', limit: 0.1, on_failure: 'roll_back' },
    { name: 'score_drift', limit: 0.2, on_failure: 'pause' },
    { name: 'shadow_disagreement', limit: 0.001, on_failure: 'pause' },
    { name: 'sample_ratio', limit: 0.001, on_failure: 'pause' },
  ],
};
/** Outcomes are known a second after the lead came. */
const SHORT_HORIZON: RolloutPlan = { ...PLAN, horizon_ms: SECOND_MS, without_outcome: 'negative' };
let room: DriftRoom;

beforeAll(async () => {
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL);
  await room.models.learn([{ model: 'bank-leads', modelVersion: '1.1.0' }]);
});
beforeEach(async () => {
  for (const table of ['lead_scores', 'lead_outcomes', 'stream_progress'])
    await room.database.command(`TRUNCATE TABLE ${table}`);
});
afterAll(() => room.end());

const rolloutOf = (plan: RolloutPlan, ...more: Parameters<typeof of>[0][]): Rollout =>
  given(start(plan), ...more.map((type) => of(type))).latest!;

async function feed({ scores, outcomes }: RolloutLeads): Promise<void> {
  await room.database.insert('lead_scores', scores.map(toScoreRow));
  await room.database.insert('lead_outcomes', outcomes.map(toOutcomeRow));
}

async function readUntil(timeMs: number): Promise<void> {
  const progress = { stream: 'lead-scores', partition: 0, active_at: timeMs };
  await room.database.insert('stream_progress', [
    { ...progress, max_event_time: timeMs, read_until: timeMs },
  ]);
}

async function measure(rollout: Rollout, nowMs: number) {
  const { measure } = createRolloutMeasurer({ database: room.database, topicPrefix: '' });
  const { checks } = await measure(rollout, nowMs);
  return Object.fromEntries(checks.map((check) => [check.name, check])) as Record<
    CheckName,
    (typeof checks)[number]
  >;
}

const ALL_GOOD = {
  error_rate: 'success',
  latency: 'success',
  kpi: 'advisory',
  score_drift: 'success',
  shadow_disagreement: 'success',
  sample_ratio: 'success',
} as const;

test.each<[string, Partial<Ailments>, RolloutPlan, Partial<Record<CheckName, CheckState>>]>([
  ['healthy', {}, PLAN, {}],
  ['slow', { inferenceUs: 6_000 }, PLAN, { latency: 'failure' }],
  ['failing for some leads', { failsEvery: 10 }, PLAN, { error_rate: 'failure' }],
  ['lost on the way', { loses: 0.4 }, PLAN, { sample_ratio: 'failure' }],
  [
    'silent',
    { loses: 1 },
    PLAN,
    {
      error_rate: 'inconclusive',
      latency: 'inconclusive',
      score_drift: 'inconclusive',
      shadow_disagreement: 'inconclusive',
      sample_ratio: 'failure',
    },
  ],
  [
    'another model than its shadow',
    { distort: (score) => score + 1e-3 },
    PLAN,
    { shadow_disagreement: 'failure' },
  ],
  [
    'of other scores',
    { distort: () => 0.999 },
    PLAN,
    { score_drift: 'failure', shadow_disagreement: 'failure' },
  ],
  [
    'without a shadow',
    { hasShadow: false },
    PLAN,
    { score_drift: 'inconclusive', shadow_disagreement: 'inconclusive' },
  ],
  [
    'thin',
    { leads: 900 },
    PLAN,
    {
      error_rate: 'inconclusive',
      latency: 'inconclusive',
      score_drift: 'inconclusive',
      shadow_disagreement: 'inconclusive',
      sample_ratio: 'inconclusive',
    },
  ],
  ['healthy, with outcomes', {}, SHORT_HORIZON, { kpi: 'success' }],
  [
    'upside down, once outcomes come',
    { distort: (score) => 1 - score },
    SHORT_HORIZON,
    { kpi: 'failure', score_drift: 'failure', shadow_disagreement: 'failure' },
  ],
])('a canary that is %s', async (_, ailments, plan, states) => {
  const rollout = rolloutOf(plan);
  await feed(
    makeRolloutLeads(
      { id: 'r1', plan, share: 0.1 },
      { fromMs: 3 * SECOND_MS, toMs: HOUR_MS - SECOND_MS },
      { ...HEALTHY, ...ailments },
    ),
  );
  await readUntil(HOUR_MS);
  const checks = await measure(rollout, HOUR_MS);
  const found = Object.fromEntries(Object.values(checks).map(({ name, state }) => [name, state]));
  expect(found).toEqual({ ...ALL_GOOD, ...states });
});

test('with all leads, the treatment is compared with the control as it was just before', async () => {
  const rollout = rolloutOf(PLAN, 'advance');
  const before = { fromMs: 3 * SECOND_MS, toMs: HOUR_MS - SECOND_MS };
  await feed(makeRolloutLeads({ id: 'r1', plan: PLAN, share: 0.1 }, before, HEALTHY));
  const after = { fromMs: HOUR_MS + 3 * SECOND_MS, toMs: 2 * HOUR_MS };
  const slow = { ...HEALTHY, inferenceUs: 6_000, firstOffset: HEALTHY.leads };
  await feed(makeRolloutLeads({ id: 'r1', plan: PLAN, share: 1 }, after, slow));
  await readUntil(2 * HOUR_MS);
  const checks = await measure(rollout, 2 * HOUR_MS);
  expect(checks).toMatchObject({
    error_rate: { state: 'success', sample: HEALTHY.leads },
    latency: { state: 'failure' },
    score_drift: { state: 'success', sample: HEALTHY.leads },
    sample_ratio: { state: 'success', value: 1 },
  });

  // Leads that production kept for no reason; one alone may be of a batch that was under way.
  const stray = makeRolloutLeads({ id: 'r1', plan: PLAN, share: 0 }, after, {
    ...slow,
    leads: 100,
    firstOffset: 1e6,
  });
  await feed(stray);
  expect(await measure(rollout, 2 * HOUR_MS)).toMatchObject({ sample_ratio: { state: 'failure' } });
});

test('a shadow that lags is compared by the events that it has reached: later leads may be others', async () => {
  const half = { fromMs: 3 * SECOND_MS, toMs: 0.5 * HOUR_MS };
  await feed(makeRolloutLeads({ id: 'r1', plan: PLAN, share: 0.1 }, half, HEALTHY));
  const later = { fromMs: 0.5 * HOUR_MS, toMs: HOUR_MS };
  const others = { ...HEALTHY, hasShadow: false, distort: () => 0, leads: 3 * HEALTHY.leads };
  await feed(
    makeRolloutLeads({ id: 'r1', plan: PLAN, share: 0.1 }, later, { ...others, firstOffset: HEALTHY.leads }),
  );
  await readUntil(HOUR_MS);
  expect(await measure(rolloutOf(PLAN), HOUR_MS)).toMatchObject({ score_drift: { state: 'success' } });
});

test('leads from before the share was what it is, and from before the window, don’t count', async () => {
  const leads = makeRolloutLeads(
    { id: 'r1', plan: PLAN, share: 0.1 },
    { fromMs: 0, toMs: HOUR_MS },
    { ...HEALTHY, failsEvery: 2 },
  );
  await feed(leads);
  await readUntil(3 * HOUR_MS);
  expect(await measure(rolloutOf(PLAN), 3 * HOUR_MS)).toMatchObject({
    error_rate: { state: 'inconclusive', detail: 'no lead came to it in the last 1 h' },
    latency: { state: 'inconclusive', value: null },
    sample_ratio: { state: 'success' },
  });
});

test('while drift is behind, good old values prove nothing', async () => {
  const leads = makeRolloutLeads(
    { id: 'r1', plan: PLAN, share: 0.1 },
    { fromMs: 3_000, toMs: HOUR_MS },
    HEALTHY,
  );
  await feed(leads);
  const rollout = rolloutOf(PLAN);
  const all = (detail: string) => PLAN.checks.map(({ name }) => [name, 'inconclusive', detail]);
  const found = async () =>
    Object.values(await measure(rollout, HOUR_MS)).map(({ name, state, detail }) => [name, state, detail]);
  expect(await found()).toEqual(all('drift has read no scores yet: is it running?'));
  await readUntil(HOUR_MS - 180_000);
  expect(await found()).toEqual(all('drift has read the scores up to 3 min ago only: look at its /health'));
});

test('evaluations stand in ClickHouse once, however often they are written', async () => {
  await readUntil(HOUR_MS);
  const rollout = rolloutOf(PLAN);
  const { measure } = createRolloutMeasurer({ database: room.database, topicPrefix: '' });
  const evaluation = await measure(rollout, HOUR_MS);
  const record = createEvaluationRecorder(room.database);
  await record(rollout, evaluation);
  await record(rollout, evaluation);
  const rows = await room.database.query(
    `SELECT rollout_id, step, share, check_name, model, model_version, on_failure, state, value, limit, sample
    FROM rollout_evaluations ORDER BY check_name`,
  );
  expect(rows).toHaveLength(PLAN.checks.length);
  expect(rows).toContainEqual({
    rollout_id: 'r1',
    step: 0,
    share: 0.1,
    check_name: 'latency',
    model: 'bank-leads',
    model_version: '1.1.0',
    on_failure: 'roll_back',
    state: 'inconclusive',
    value: null,
    limit: 0.5,
    sample: 0,
  });
});
