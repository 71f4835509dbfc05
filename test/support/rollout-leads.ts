import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import { bucketOf } from '@scoreline/core/rollout/bucket.ts';
import { createRandom } from './synthetic-scores.ts';

/** How a treatment does. */
export interface Ailments {
  /** Leads in all. */
  readonly leads: number;
  readonly firstOffset: number;
  /** Microseconds a lead. */
  readonly inferenceUs: number;
  /** Every nth of its leads has to be scored by production. */
  readonly failsEvery: number;
  /** Share of its leads that never come out. */
  readonly loses: number;
  /** What its own process makes of a score; the shadow's says the score itself. */
  readonly distort: (score: number) => number;
  readonly hasShadow: boolean;
}

export const HEALTHY: Ailments = {
  leads: 6_000,
  firstOffset: 0,
  inferenceUs: 40,
  failsEvery: Infinity,
  loses: 0,
  distort: (score) => score,
  hasShadow: true,
};

/** Leads of one rollout as scorer and shadow wrote them, and what became of them. */
export interface RolloutLeads {
  readonly scores: readonly LeadScored[];
  readonly outcomes: readonly LeadOutcome[];
}

const BATCH = 10;

/**
 * Leads from `fromMs` on, evenly up to `toMs`, each assigned by its id's hash as the scorer does it, in batches of ten.
 * A lead converts with the chance that a good score says, and then brings 100.
 */
export function makeRolloutLeads(
  { id, plan, share }: { readonly id: string; readonly plan: RolloutPlan; readonly share: number },
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ailments: Ailments,
): RolloutLeads {
  const random = createRandom(17);
  const scores: LeadScored[] = [];
  const outcomes: LeadOutcome[] = [];
  const version = plan.treatments[0]!.version;
  for (let i = 0; i < ailments.leads; i++) {
    const chance = random() ** 8;
    const isLost = random() < ailments.loses;
    const batch = i - (i % BATCH);
    const lead = makeLead(
      ailments.firstOffset + i,
      chance,
      Math.floor(fromMs + ((toMs - fromMs) * batch) / ailments.leads),
    );
    const isTreated = bucketOf(id, lead.lead_id) < share;
    const shadow = { ...lead, model_version: version, score: chance * 0.9 };
    if (ailments.hasShadow) scores.push({ ...shadow, role: 'shadow' });
    if (isTreated && isLost) continue;
    const common = {
      experiment_id: id,
      inference_us: Math.floor((isTreated ? ailments.inferenceUs : 40) + 10 * random()),
    };
    const isFallback = isTreated && (i + 1) % ailments.failsEvery === 0;
    if (isTreated && !isFallback)
      scores.push({ ...shadow, ...common, role: 'canary', score: ailments.distort(shadow.score) });
    else
      scores.push({
        ...lead,
        ...common,
        fallback_from: isFallback ? version : null,
        fallback_code: isFallback ? 'model.not_finite' : null,
      });
    if (random() < chance) outcomes.push(conversionOf(lead));
  }
  return { scores, outcomes };
}

function makeLead(offset: number, score: number, atMs: number): LeadScored {
  return {
    event_id: `e${offset}`,
    lead_id: `l${offset}`,
    group_id: null,
    model: 'bank-leads',
    model_version: '1.0.0',
    role: 'production',
    run_id: null,
    experiment_id: null,
    fallback_from: null,
    fallback_code: null,
    score,
    band: 'A',
    reasons: [],
    inputs: [],
    bins: [],
    event_time: atMs - 5,
    scored_at: atMs,
    inference_us: null,
    source: { topic: 'lead-created', partition: 0, offset, timestamp: atMs - 5 },
  };
}

function conversionOf({ lead_id, event_time: timeMs }: LeadScored): LeadOutcome {
  return {
    lead_id,
    event_id: null,
    converted: true,
    label: null,
    value: 100,
    occurred_at: timeMs + 10,
    recorded_at: timeMs + 10,
  };
}
