import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { RetrainingDeps } from '@scoreline/drift/retraining/retraining-deps.ts';
import { createRetrainingTurn } from '@scoreline/drift/retraining/watch-retraining.ts';
import { RETRAINING_REQUESTS } from '@scoreline/drift/decisions/retraining-requests.ts';
import { createDecisionSink } from '@scoreline/drift/decisions/decision-sink.ts';
import { createMemoryTopic, type MemoryTopic } from '@scoreline/runtime/decision-log/testing/memory-log.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import {
  createRetrainingCommands,
  createRetrainingProjection,
  RETRAINING_FOLD,
} from '@scoreline/runtime/retraining/retraining-log.ts';
import { afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** From what ClickHouse knows to a request on the log and an alert, on the real engine. */
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const LEADS = 6_000;

let bank: ModelPackage;
let room: DriftRoom;
let topic: MemoryTopic<RetrainingRequested>;
let nowMs: number;

beforeAll(async () => {
  bank = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
});
beforeEach(async () => {
  nowMs = Date.now();
  topic = createMemoryTopic();
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL, {
    policyOf: (policy) => ({
      ...policy,
      windows: { ...policy.windows, alertOn: policy.windows.sizes.slice(0, 1) },
    }),
  });
});
afterEach(() => room.end());

/** A process that looks after retraining, with its own view of the log. */
async function startWatch(more: Partial<RetrainingDeps> = {}): Promise<() => Promise<'done'>> {
  const projection = createRetrainingProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
  await projection.start(() => {});
  const appender = topic.appender;
  return createRetrainingTurn({
    database: room.database,
    models: room.models,
    projection,
    commands: createRetrainingCommands({
      projection,
      appender,
      nowMs: () => nowMs,
      newEventId: () => crypto.randomUUID(),
    }),
    nowMs: () => nowMs,
    isOwner: () => true,
    events: { retrainingRequested: () => {} },
    ...more,
  });
}

async function listRequests(): Promise<readonly RetrainingRequested[]> {
  const projection = createRetrainingProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
  await projection.start(() => {});
  return [...projection.state().requests.values()].flat();
}

/** Leads of 20 days; from day 5 on nobody is younger than 90. Half of them have an outcome that the scores didn't see. */
async function feedDriftedLeads(): Promise<void> {
  const random = createRandom(1);
  const scores = makeScores(
    {
      reference: bank.reference,
      random,
      distort: (inputs, names) => void (inputs[names.indexOf('age')] = random() < 0.8 ? 90 : null),
    },
    { count: LEADS, fromMs: START_MS, toMs: START_MS + 20 * DAY_MS, firstOffset: 0 },
  );
  await room.feed(scores);
  await room.database.insert(
    'lead_outcomes',
    scores.map(({ lead_id, event_id, event_time }) => ({
      lead_id,
      event_id,
      converted: random() < 0.2,
      occurred_at: event_time + 1_000,
      recorded_at: event_time + 1_000,
    })),
  );
  const month = { model: 'bank-leads', model_version: '1.0.0', role: 'production', window_size: 'P1M' };
  const cohort = { ...month, window_start: START_MS, window_end: START_MS + 31 * DAY_MS, kind: 'realised' };
  const measured = { ...cohort, revision: 0, sample_size: LEADS };
  await room.database.insert('performance_metrics_raw', [
    { ...measured, metric: 'leads', value: LEADS },
    { ...measured, metric: 'auc', value: 0.5, low: 0.48, high: 0.52 },
  ]);
  await room.close();
  await room.publish();
}

test('a drifted model with labels that it does not follow is asked for once, with evidence that SQL gives again', async () => {
  await feedDriftedLeads();
  const look = await startWatch();
  await look();
  await look();
  const [request, ...more] = await listRequests();
  expect(more).toEqual([]);
  expect(request).toMatchObject({
    request_id: 'bank-leads-1',
    model_version: '1.0.0',
    mode: 'suggestion',
    requested_by: 'policy',
    cool_down_until: nowMs + 7 * DAY_MS,
    training_window: { labels: LEADS, new_labels: LEADS, labels_from: START_MS + 1_000 },
  });
  const reasons = request!.reasons;
  expect(reasons.map(({ reason }) => reason)).toEqual([
    'critical_drift',
    'performance',
    'drift',
    'new_labels',
  ]);
  for (const { query, value } of reasons) {
    const [answer] = await room.database.query<{ value: number; auc?: number }>(query!);
    expect(answer!.value).toBeCloseTo(value!, 9);
  }
  expect(reasons[2]!.detail).toMatch(/^30 % of the model's importance stands on drifted features: age/);
});

test('a crash after the request was written, or before it was announced, makes neither a second', async () => {
  await feedDriftedLeads();
  const crashing = await startWatch({
    events: {
      retrainingRequested() {
        throw new Error('killed');
      },
    },
  });
  await expect(crashing()).rejects.toThrow('killed');
  const look = await startWatch();
  room.crashAt('alert_decisions', 'after');
  await expect(look()).rejects.toThrow('crash after');
  await look();
  await room.publish();
  await look();
  await room.publish();
  expect(await listRequests()).toHaveLength(1);
  const told = room.alerts.filter(({ signal }) => signal === 'retraining');
  expect(told).toMatchObject([
    {
      alert_id: 'bank-leads/1.0.0/retraining/critical_drift/bank-leads/-/PT0S',
      state: 'firing',
      severity: 'info',
      message: expect.stringMatching(
        /^bank-leads should be trained anew \(bank-leads-1, by the policy, 1\.0\.0/,
      ),
    },
  ]);
});

test('its alert is withdrawn when the cool-down is over, and the next wish is announced anew', async () => {
  await feedDriftedLeads();
  const look = await startWatch();
  await look();
  nowMs += 7 * DAY_MS;
  await look();
  await look();
  await room.publish();
  expect((await listRequests()).map(({ request_id: id }) => id)).toEqual(['bank-leads-1', 'bank-leads-2']);
  const told = room.alerts.filter(({ signal }) => signal === 'retraining');
  expect(told.map(({ state, episode_started_at: at }) => [state, at - nowMs])).toEqual([
    ['firing', -7 * DAY_MS],
    ['resolved', -7 * DAY_MS],
    ['firing', 0],
  ]);
  expect((await listRequests())[1]!.reasons.map(({ reason }) => reason)).not.toContain('new_labels');
  const [firing] = await room.database.query<{ n: number }>(
    `SELECT count() AS n FROM firing_alerts WHERE signal = 'retraining'`,
  );
  expect(firing!.n).toBe(1);
});

test('whoever does not own the partition asks for nothing', async () => {
  await feedDriftedLeads();
  await (
    await startWatch({ isOwner: () => false })
  )();
  expect(await listRequests()).toEqual([]);
});

test('requests come into ClickHouse with what became of them', async () => {
  await feedDriftedLeads();
  await (
    await startWatch()
  )();
  const sink = createDecisionSink({
    log: topic.openLog(),
    fold: RETRAINING_FOLD,
    table: RETRAINING_REQUESTS,
    topic: 'retraining-requested',
    database: room.database,
    events: {
      rowsStored: () => {},
      taskFailed: (_task, error) => {
        throw error;
      },
    },
    nowMs: Date.now,
  });
  const [request] = await listRequests();
  await topic.appender.append({ ...request!, event_id: 'again' });
  topic.appendGarbage();
  sink.start();
  await expect
    .poll(() => room.database.query('SELECT count() AS n FROM retraining_requests'), { timeout: 10_000 })
    .toEqual([{ n: 3 }]);
  const rows = await room.database.query(
    `SELECT accepted, request_id, mode, reason, requested_by, labels, ignored_code FROM retraining_requests ORDER BY offset`,
  );
  const own = {
    request_id: 'bank-leads-1',
    mode: 'suggestion',
    reason: 'critical_drift',
    requested_by: 'policy',
  };
  expect(rows).toEqual([
    { accepted: true, ...own, labels: LEADS, ignored_code: '' },
    { accepted: false, ...own, labels: LEADS, ignored_code: 'conflict' },
    expect.objectContaining({ accepted: false, request_id: '', mode: 'unknown', labels: null }),
  ]);
});

test('by hand, on Kafka: asked for, read back, listed; ClickHouse may be away where the version is named', async () => {
  const env = { ...process.env, ...(await setUpIsolatedEnv()) };
  const because = ['--reason', 'a new product', '--actor', 'anna'];
  const nobody = await runScoreline(env, ['retrain', 'request', '--model', 'bank-leads', ...because]);
  expect(nobody).toMatchObject({ code: 1, text: expect.stringContaining('--model bank-leads@<version>') });
  const away = { ...env, CLICKHOUSE_URL: 'http://127.0.0.1:1' };
  const args = ['retrain', 'request', '--model', 'bank-leads@1.0.0', '--mode', 'order', ...because];
  const asked = await runScoreline(away, args);
  expect(asked).toMatchObject({ code: 0, text: expect.stringMatching(/^✓ bank-leads-1 .* order by anna/) });
  const again = await runScoreline(env, ['retrain', 'request', '--model', 'bank-leads@1.1.0', ...because]);
  expect(again.text).toMatch(
    /^! bank-leads-1 has asked for it before.*\n✓ bank-leads-2 .* suggestion by anna/,
  );
  const listed = await runScoreline(env, ['retrain', 'list', '--json']);
  expect(JSON.parse(listed.text)).toMatchObject([
    { request_id: 'bank-leads-2', mode: 'suggestion' },
    { request_id: 'bank-leads-1', mode: 'order', reasons: [{ reason: 'manual', detail: 'a new product' }] },
  ]);
});
