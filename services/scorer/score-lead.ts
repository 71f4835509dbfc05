import type { InputFields } from '@scoreline/core/contracts/manifest.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadIdentity } from '@scoreline/core/features/identity.ts';
import type { Lineup } from '@scoreline/pipeline/lineup.ts';
import { describeProblem, type HttpProblem } from '@scoreline/runtime/http/problem.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { listKnownFields } from './lead-schema.ts';
import { createRowBatches } from './row-batches.ts';
import { scoreOneLead } from './score-one-lead.ts';

/**
 * Puts a lead on lead-created. The event has its id and its time; the time, at `timeField`, is in epoch
 * milliseconds, whatever unit the topic's schema has. `refused`: the topic's schema doesn't take it, in the field
 * that is named; `unavailable`: broker or registry are away.
 */
export type LeadPublisher = (
  event: LeadEvent,
  entityId: string,
  timeField: string | undefined,
) => Promise<PublishOutcome>;

export type PublishOutcome =
  | { readonly ok: true; readonly partition: number; readonly offset: number }
  | { readonly ok: false; readonly reason: 'refused'; readonly field?: string; readonly message: string }
  | { readonly ok: false; readonly reason: 'unavailable'; readonly message: string };

export interface ScoreLeadDeps {
  /** Asked at each request: undefined while no model is in memory. */
  readonly currentLineup: () => Lineup | undefined;
  readonly publishLead: LeadPublisher;
  readonly nowMs: () => number;
  readonly newEventId: () => string;
}

/** The answer to POST /score-lead. */
export interface LeadAnswer {
  readonly lead_id: string;
  readonly lead_score: number;
  readonly score_category: string;
  /** Of the model that scored: a rollout may assign the lead to another one than production. */
  readonly model_version: string;
  /** The rollout or A/B test that assigned the version; null without one. */
  readonly experiment_id: string | null;
  readonly prediction_timestamp: string;
  readonly latency_ms: number;
  readonly reasons: readonly [];
  /** Fields that neither the model nor the lead's identity reads: a misspelt one shows here. */
  readonly ignored_fields: readonly string[];
  /** Where the lead stands on lead-created; only with `publish: true`. */
  readonly published?: { readonly event_id: string; readonly partition: number; readonly offset: number };
}

export type LeadOutcome =
  | { readonly ok: true; readonly answer: LeadAnswer }
  | { readonly ok: false; readonly status: 422 | 503; readonly problem: HttpProblem };

/**
 * Scores one lead as the stream would: the same identity, version, encoding and bands. In this order: the lead is
 * named and encoded (or refused by field), scored together with others that are there, and only then published, so that
 * a refused lead never is.
 */
export function createScoreLead(deps: ScoreLeadDeps): (body: LeadEvent) => Promise<LeadOutcome> {
  const scoreRow = createRowBatches();
  const listIgnoredFields = createIgnoredFields();
  return async (body) => {
    const started = performance.now();
    const lineup = deps.currentLineup();
    if (lineup === undefined) return refuse(503, 'model.not_loaded', 'no model is in memory yet');
    const { publish = false, ...lead } = body;
    if (typeof publish !== 'boolean')
      return refuse(422, 'request.wrong_type', 'field publish must be a boolean', 'publish');

    const scored = await scoreOneLead(lineup, lead, scoreRow);
    if (!scored.ok)
      return refuse(scored.code === 'server.busy' ? 503 : 422, scored.code, scored.message, scored.field);
    const published = publish ? await publishLead(deps, lineup.production, lead, scored.identity) : undefined;
    if (published?.ok === false) return published;

    const { identity, score, model } = scored;
    const answer: LeadAnswer = {
      lead_id: identity.entityId,
      lead_score: score,
      score_category: model.bandOf(score),
      model_version: model.manifest.version,
      experiment_id: lineup.traffic.experimentId,
      prediction_timestamp: new Date(deps.nowMs()).toISOString(),
      latency_ms: Math.round((performance.now() - started) * 1000) / 1000,
      reasons: [],
      ignored_fields: listIgnoredFields(model, lead),
      ...(published === undefined ? {} : { published: published.place }),
    };
    return { ok: true, answer };
  };
}

type Refusal = Extract<LeadOutcome, { readonly ok: false }>;

async function publishLead(
  deps: ScoreLeadDeps,
  model: LoadedModel,
  lead: LeadEvent,
  identity: LeadIdentity,
): Promise<{ readonly ok: true; readonly place: NonNullable<LeadAnswer['published']> } | Refusal> {
  const eventId = identity.eventId ?? deps.newEventId();
  const eventTimeMs = identity.eventTimeMs ?? deps.nowMs();
  const event = completeEvent(lead, model.manifest.input, eventId, eventTimeMs);
  const outcome = await deps.publishLead(event, identity.entityId, model.manifest.input.event_time);
  if (outcome.ok) {
    return { ok: true, place: { event_id: eventId, partition: outcome.partition, offset: outcome.offset } };
  }
  if (outcome.reason === 'unavailable') return refuse(503, 'publish.unavailable', outcome.message);
  return refuse(422, 'publish.refused', outcome.message, outcome.field);
}

/** The event with its id and its time in milliseconds, where they stand at the top of the record. */
function completeEvent(lead: LeadEvent, input: InputFields, eventId: string, eventTimeMs: number): LeadEvent {
  const isTop = (field: string | undefined): field is string => field !== undefined && !field.includes('.');
  return {
    ...lead,
    ...(isTop(input.event_id) ? { [input.event_id]: eventId } : {}),
    ...(isTop(input.event_time) ? { [input.event_time]: eventTimeMs } : {}),
  };
}

/** What each manifest knows is listed once. */
function createIgnoredFields(): (model: LoadedModel, lead: LeadEvent) => string[] {
  const knownBy = new WeakMap<LoadedModel, ReadonlySet<string>>();
  return (model, lead) => {
    const known = knownBy.get(model) ?? listKnownFields(model.manifest);
    knownBy.set(model, known);
    return Object.keys(lead).filter((field) => !known.has(field));
  };
}

function refuse(status: Refusal['status'], code: string, message: string, field?: string): Refusal {
  return { ok: false, status, problem: describeProblem(code, message, field) };
}
