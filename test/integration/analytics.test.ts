import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { createOperationsWatch } from '@scoreline/drift/operations/watch-operations.ts';
import { activeRollout, NO_ROLLOUTS } from '@scoreline/core/rollout/state.ts';
import { CANARY_PLAN, eventOf, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { NO_REQUESTS } from '@scoreline/core/retraining/state.ts';
import { tell, wish } from '@scoreline/core/retraining/testing/given.ts';
import { RETRAINING_REQUESTS } from '@scoreline/drift/decisions/retraining-requests.ts';
import { ROLLOUT_EVENTS } from '@scoreline/drift/decisions/rollout-events.ts';
import { toDeadLetterRow, toOutcomeRow, toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { recordDeliveries } from '@scoreline/drift/notifications/deliveries.ts';
import { RETRAINING_FOLD } from '@scoreline/runtime/retraining/retraining-log.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { createRolloutMeasurer } from '@scoreline/runtime/rollouts/measure/measurer.ts';
import { createEvaluationRecorder } from '@scoreline/runtime/rollouts/measure/record-evaluation.ts';
import { ROLLOUT_FOLD } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readPanelSql } from '../support/dashboard-queries.ts';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { HEALTHY, makeRolloutLeads } from '../support/rollout-leads.ts';
import { createRandom, makeScores } from '../support/synthetic-scores.ts';

/** The pages of examples are run as they stand, on two months of leads in which something happens. */
const PAGES = ['../../docs/analytics.md', '../../docs/rollouts.md', '../../docs/operations.md'].map(
  (page) => new URL(page, import.meta.url),
);
const MODEL = new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 1);
let room: DriftRoom;

beforeAll(async () => {
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL, {
    policyOf: (policy) => ({ ...policy, windows: { ...policy.windows, alertOn: policy.windows.sizes } }),
  });
  const { reference } = await loadPackage(MODEL);
  const random = createRandom(11);
  let row = 0;
  const scores = makeScores(
    {
      reference,
      random,
      // Weeks 3 and 4 are of other people.
      distort(inputs, names) {
        const week = Math.floor(row++ / 1_750);
        if (week === 2 || week === 3) inputs[names.indexOf('age')] = 90;
      },
    },
    { count: 250 * 65, fromMs: START_MS, toMs: START_MS + 65 * DAY_MS, firstOffset: 0 },
  );
  const shadow = scores.map((score) => ({
    ...score,
    model_version: '1.1.0',
    role: 'shadow' as const,
    score: score.score ** 1.1,
  }));
  await room.feed(scores);
  await room.feed(shadow, { stream: 'lead-shadow-scores' });
  const outcomes = scores
    .filter(({ score }) => random() < score)
    .map(({ lead_id, event_time: timeMs }) =>
      toOutcomeRow({
        lead_id,
        event_id: null,
        converted: true,
        label: null,
        value: 100,
        occurred_at: timeMs + DAY_MS,
        recorded_at: timeMs + DAY_MS,
      }),
    );
  await room.database.insert('lead_outcomes', outcomes);
  const headers = { 'dlq.error.code': 'value.malformed', 'dlq.failed_at': new Date().toISOString() };
  await room.database.insert('dead_letters_raw', [
    toDeadLetterRow('lead-created.dlq', 0, { offset: 1, timestamp: 0, key: null, value: null, headers }),
  ]);
  await feedRollout();
  await feedThisHour(scores.slice(0, 20));
  await room.close();
  await room.measure();
  const operations = createOperationsWatch({
    database: room.database,
    models: room.models,
    events: { operationsMeasured: () => {} },
    readUntilMs: async () => Infinity,
    leadsWaiting: async () => 0,
    isOwner: () => true,
  });
  await operations.tick(Date.now() + 120_000);
  await room.publish();
  await feedDeliveries();
  await feedWish();
});
afterAll(() => room.end());

/** Leads of now whose clock runs ahead, and what the machines have used in these minutes. */
async function feedThisHour(leads: readonly LeadScored[]): Promise<void> {
  const nowMs = Date.now();
  const ahead = leads.map((score, i) => ({
    ...score,
    event_time: nowMs + 3_600_000,
    scored_at: nowMs,
    source: { ...score.source, offset: 2_000_000 + i, timestamp: nowMs },
  }));
  await room.database.insert('lead_scores', ahead.map(toScoreRow));
  const thisMinute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const spending = [-1, 0, 1, 2].map((minute) => ({
    instance: '127.0.0.1:9101',
    service: 'scorer',
    window_start: thisMinute + minute * MINUTE_MS,
    window_end: thisMinute + (minute + 1) * MINUTE_MS,
    state: 'running',
    seconds: 60,
    cpu_seconds: 12,
    memory_gib_seconds: 15,
    sampled_at: nowMs,
    started_at: nowMs - 3_600_000,
    cpu_total: 100,
    memory_bytes: 2 ** 28,
  }));
  await room.database.insert('spending_raw', spending);
}

/** A webhook that was away for an alert. */
async function feedDeliveries(): Promise<void> {
  const attempted = {
    outcome: 'retrying',
    attempts: 1,
    problem: 'HTTP 503',
    retryAtMs: Date.now(),
    dueSinceMs: Date.now(),
  } as const;
  const change = { alert_id: 'bank-leads/1.0.0/feature_drift/psi/age/-/P1W', position: 1, attempted };
  await recordDeliveries(room.database, 'webhook', [change], Date.now());
}

/** A training that is asked for. */
async function feedWish(): Promise<void> {
  const { events } = tell([1, wish(['critical_drift'])]);
  const [event] = events;
  if (event === undefined) throw new Error('nothing was asked for');
  const verdict = { offset: 0, timestampMs: START_MS, event, revision: 1 };
  const { state } = RETRAINING_FOLD.evolve(NO_REQUESTS, event);
  const row = RETRAINING_REQUESTS.toRow('retraining-requested', verdict, state);
  await room.database.insert('retraining_requests_raw', [row]);
}

/** Two days of a canary, in February. */
async function feedRollout(): Promise<void> {
  const event = { ...eventOf(NO_ROLLOUTS, start()), rollout_id: 'try-1.1.0' };
  const { state } = ROLLOUT_FOLD.evolve(NO_ROLLOUTS, event);
  const verdict = { offset: 0, timestampMs: START_MS, event, revision: 1 };
  await room.database.insert('rollout_events_raw', [ROLLOUT_EVENTS.toRow('rollouts', verdict, state)]);
  const leads = makeRolloutLeads(
    { id: event.rollout_id, plan: CANARY_PLAN, share: 0.1 },
    { fromMs: START_MS + 32 * DAY_MS, toMs: START_MS + 34 * DAY_MS },
    { ...HEALTHY, failsEvery: 10, firstOffset: 1_000_000 },
  );
  await room.database.insert('lead_scores', leads.scores.map(toScoreRow));
  await room.database.insert('lead_outcomes', leads.outcomes.map(toOutcomeRow));
  const { measure } = createRolloutMeasurer({ database: room.database, topicPrefix: '' });
  const rollout = activeRollout(state)!;
  await createEvaluationRecorder(room.database)(rollout, await measure(rollout, START_MS + 34 * DAY_MS));
}

const examples = PAGES.flatMap(sqlOf);

function sqlOf(page: URL): string[] {
  return readFileSync(page, 'utf8')
    .matchAll(/^```sql\n(.*?);?\n```$/gms)
    .map(([, sql]) => sql ?? '')
    .toArray();
}

const RUNBOOKS = new URL('../../docs/runbooks/', import.meta.url);
const runbookQueries = readdirSync(RUNBOOKS).flatMap((file) =>
  sqlOf(new URL(file, RUNBOOKS)).map((sql) => [file, sql] as const),
);
const PARAMS = {
  feature: 'age',
  position: 1,
  version: '1.1.0',
  size: 'P1W',
  start: '2024-01-15 00:00:00',
  end: '2024-01-22 00:00:00',
};

test.each(runbookQueries)("%s: a runbook's query works", async (file, sql) => {
  expect([file, await room.database.query(sql, PARAMS)]).not.toEqual([file, []]);
});

test('the pages have examples', () => expect(examples.length).toBeGreaterThan(15));

test.each(examples)('%s', async (sql) => {
  const rows = await room.database.query<Record<string, unknown>>(sql);
  expect(rows.length).toBeGreaterThan(0);
});

test.each(readPanelSql('bank-leads').map(({ name, text }) => [name, text]))(
  '%s: what a panel asks has an answer',
  async (_, sql) => {
    expect(await room.database.query(sql)).not.toEqual([]);
  },
);

test('the views have comments, and so have all their columns and those of the tables', async () => {
  const bare = await room.database.query(
    `SELECT table, name FROM system.columns WHERE database = currentDatabase() AND comment = ''
    UNION ALL SELECT name, '' FROM system.tables WHERE database = currentDatabase() AND comment = ''`,
  );
  expect(bare).toEqual([]);
});

test('performance is that of a recount', async () => {
  const rows = await room.database.query<{ label: number; score: number }>(
    `SELECT label, score FROM labelled_scores WHERE role = 'production' AND event_time < toDateTime64('2024-02-01 00:00:00', 3, 'UTC')`,
  );
  const [january] = await room.database.query<Record<string, number>>(
    `SELECT * FROM performance_windows WHERE window_size = 'P1M' AND role = 'production' ORDER BY window_start LIMIT 1`,
  );
  // The horizon is 30 days and the stream has come to day 65: January is mature, all of it.
  expect(rows).toHaveLength(31 * 250);
  const positives = rows.filter(({ label }) => label === 1);
  const negatives = rows.filter(({ label }) => label === 0);
  const expectedConversions = rows.reduce((sum, { score }) => sum + score, 0);
  const brier = rows.reduce((sum, { label, score }) => sum + (score - label) ** 2, 0) / rows.length;
  let wins = 0;
  for (const { score } of positives) {
    for (const other of negatives) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
  }
  expect(january!['count']).toBe(rows.length);
  expect(january!['conversions']).toBe(positives.length);
  expect(january!['observed_over_expected']).toBeCloseTo(positives.length / expectedConversions, 9);
  expect(january!['brier']).toBeCloseTo(brier, 9);
  expect(january!['auc']).toBeCloseTo(wins / positives.length / negatives.length, 9);
});
