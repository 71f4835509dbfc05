import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import { assignLead, trafficOf } from '@scoreline/core/rollout/traffic.ts';
import { NO_ROLLOUTS } from '@scoreline/core/rollout/state.ts';
import { AB_PLAN, eventOf, given, REGISTRY, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { ROLLOUT_EVENTS } from '@scoreline/drift/decisions/rollout-events.ts';
import { toOutcomeRow, toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { readExperiment } from '@scoreline/runtime/rollouts/experiment/read-experiment.ts';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { createRandom } from '../support/synthetic-scores.ts';

/** An A/B test of three arms whose leads come again, fall back, convert late and are corrected, beside a recount. */
const MINUTE_MS = 60_000;
const HORIZON_MS = 10 * MINUTE_MS;
const EVENTS = 6_000;
const PLAN: RolloutPlan = { ...AB_PLAN, horizon_ms: HORIZON_MS, without_outcome: 'negative' };
const END_MS = 60 * MINUTE_MS;
const VERSIONS = ['1.0.0', '1.1.0', '1.2.0'];
let room: DriftRoom;
let scores: LeadScored[];
let outcomes: LeadOutcome[];

/** Four thousand leads, some of which come more than once; a 20th of what 1.2.0 gets it can't score. */
function makeScores(random: () => number): LeadScored[] {
  const traffic = trafficOf(given(start(PLAN)), REGISTRY);
  return Array.from({ length: EVENTS }, (_, offset) => {
    const leadId = `l${Math.floor(random() * 4_000)}`;
    const arm = assignLead(traffic, leadId) + 1;
    const isFallback = arm === 2 && random() < 0.05;
    const atMs = 5_000 + Math.floor((offset / EVENTS) * (END_MS - 10_000));
    return {
      event_id: `e${offset}`,
      lead_id: leadId,
      group_id: null,
      model: 'bank-leads',
      model_version: isFallback ? '1.0.0' : VERSIONS[arm]!,
      role: arm === 0 || isFallback ? 'production' : 'canary',
      run_id: null,
      experiment_id: 'r1',
      fallback_from: isFallback ? '1.2.0' : null,
      fallback_code: isFallback ? 'model.not_finite' : null,
      score: random(),
      band: 'A',
      reasons: [],
      inputs: [],
      bins: [],
      event_time: atMs - 3,
      scored_at: atMs,
      inference_us: Math.floor(20 + 30 * random()),
      source: { topic: 'lead-created', partition: offset % 3, offset, timestamp: atMs - 3 },
    } satisfies LeadScored;
  });
}

/** Some convert before they came, which is no merit of the arm; some are taken back; some have two conversions. */
function makeOutcomes(random: () => number): LeadOutcome[] {
  return scores.flatMap((score) => {
    if (random() < 0.8) return [];
    const occurredAt = score.event_time + Math.floor((random() - 0.2) * MINUTE_MS);
    const answersEvent = random() < 0.5;
    const outcome: LeadOutcome = {
      lead_id: score.lead_id,
      event_id: answersEvent ? score.event_id : null,
      converted: true,
      label: null,
      value: random() < 0.7 ? Math.floor(200 * random()) : null,
      occurred_at: occurredAt,
      // One lead's outcomes without an event replace each other: the newest must be one.
      recorded_at: occurredAt + score.source.offset,
    };
    const isTakenBack = random() < 0.1;
    const correction = {
      ...outcome,
      converted: false,
      value: null,
      recorded_at: outcome.recorded_at + EVENTS,
    };
    return isTakenBack ? [outcome, correction] : [outcome];
  });
}

beforeAll(async () => {
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL);
  const random = createRandom(23);
  scores = makeScores(random);
  outcomes = makeOutcomes(random);
  const { database } = room;
  // Everything twice, as after a crash of drift.
  for (let time = 0; time < 2; time++) {
    await database.insert('lead_scores', scores.map(toScoreRow));
    await database.insert('lead_outcomes', outcomes.map(toOutcomeRow));
  }
  const event = eventOf(NO_ROLLOUTS, start(PLAN));
  const verdict = { offset: 0, timestampMs: 1, event, revision: 1 };
  await database.insert('rollout_events_raw', [
    ROLLOUT_EVENTS.toRow('rollouts', verdict, given(start(PLAN))),
  ]);
  const progress = { stream: 'lead-scores', partition: 0, max_event_time: END_MS, active_at: 1 };
  await database.insert('stream_progress', [progress]);
});
afterAll(() => room.end());

interface Recount {
  leads: number;
  failed_leads: number;
  mature_leads: number;
  conversions: number;
  revenue: number;
  revenue_sum_of_squares: number;
  events: number;
  fallbacks: number;
}

/** By loops over the leads. */
function recount(version: string): Recount {
  const armOf = (score: LeadScored): string => score.fallback_from ?? score.model_version;
  const ofArm = scores.filter((score) => armOf(score) === version);
  const found: Recount = {
    leads: 0,
    failed_leads: 0,
    mature_leads: 0,
    conversions: 0,
    revenue: 0,
    revenue_sum_of_squares: 0,
    events: ofArm.length,
    fallbacks: ofArm.filter(({ fallback_from }) => fallback_from !== null).length,
  };
  for (const [leadId, events] of Map.groupBy(ofArm, ({ lead_id }) => lead_id)) {
    const first = events.toSorted((a, b) => a.scored_at - b.scored_at)[0]!;
    found.leads += 1;
    found.failed_leads += Number(events.some(({ fallback_from }) => fallback_from !== null));
    if (first.event_time + HORIZON_MS > END_MS) continue;
    const answers = newestOutcomes(leadId).filter((outcome) => outcome.occurred_at >= first.event_time);
    const revenue = answers.reduce((sum, { value }) => sum + (value ?? 0), 0);
    found.mature_leads += 1;
    found.conversions += Number(answers.some(({ converted }) => converted));
    found.revenue += revenue;
    found.revenue_sum_of_squares += revenue * revenue;
  }
  return found;
}

let newest: Map<string, LeadOutcome[]> | undefined;
function newestOutcomes(leadId: string): LeadOutcome[] {
  newest ??= Map.groupBy(
    Map.groupBy(outcomes, ({ lead_id, event_id }) => `${lead_id} ${event_id ?? ''}`)
      .values()
      .map((all) => all.toSorted((a, b) => b.recorded_at - a.recorded_at)[0]!),
    ({ lead_id }) => lead_id,
  );
  return newest.get(leadId) ?? [];
}

describe.each(VERSIONS.map((version, i) => [version, i] as const))('the arm of %s', (version, index) => {
  test('experiment_results is what a recount says', async () => {
    const [row] = await room.database.query<Record<string, number | boolean | string>>(
      `SELECT * FROM experiment_results WHERE experiment_id = 'r1' AND model_version = '${version}'`,
    );
    const expected = recount(version);
    expect(expected.conversions).toBeGreaterThan(50);
    expect(row).toMatchObject({
      ...expected,
      kind: 'ab_test',
      model: 'bank-leads',
      is_control: index === 0,
      planned_share: [0.5, 0.25, 0.25][index],
      labelled_leads: expected.mature_leads,
      conversion_rate: expected.conversions / expected.mature_leads,
      revenue_per_lead: expected.revenue / expected.mature_leads,
    });
    expect(row!['inference_p50_us']).toBeGreaterThanOrEqual(20);
    expect(row!['inference_p95_us']).toBeLessThan(50);
  });

  test('the report is made of the same', async () => {
    const report = await readExperiment(room.database, given(start(PLAN)).latest!, END_MS);
    const expected = recount(version);
    expect(report.arms[index]).toMatchObject({
      version,
      exposed: expected.leads,
      failures: expected.failed_leads,
      leads: expected.mature_leads,
      conversions: expected.conversions,
      revenue: { sum: expected.revenue, sumOfSquares: expected.revenue_sum_of_squares },
    });
  });
});

test('the report tells how fast leads come, and that the arms differ by chance', async () => {
  const report = await readExperiment(room.database, given(start(PLAN)).latest!, END_MS);
  const leads = new Set(scores.map(({ lead_id }) => lead_id)).size;
  expect(report.plan.leadsPerDay).toBeCloseTo(24 * leads, 6);
  expect(report.sampleRatio.isMismatch).toBe(false);
  expect(report.verdict.kind).toBe('no_difference_yet');
});
