import type { LeadScored, Role } from '@scoreline/core/contracts/lead-scored.ts';
import { type Binner, createBinner } from '@scoreline/core/drift/binner.ts';
import { findScoreProblem } from '@scoreline/core/scoring/score-problem.ts';
import type { AvroWriter } from '@scoreline/runtime/avro/codec.ts';
import type { OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lead } from './read-leads.ts';
import type { Rejection } from './rejection.ts';
import { traceHeaders } from './trace-headers.ts';

/** What a batch of scored leads becomes. */
export interface WrittenScores {
  readonly scores: readonly OutputRecord[];
  readonly rejections: readonly Rejection[];
}

/** The scores of one batch, row by row with its leads. */
export interface ScoredBatch {
  readonly source: PartitionBatch;
  readonly leads: readonly Lead[];
  readonly scores: Float64Array;
  readonly inferenceUs: number;
  readonly scoredAtMs: number;
}

export type ScoreWriter = (batch: ScoredBatch, model: LoadedModel) => WrittenScores;

/** A score larger than this, with its key and headers, would not fit its topic (1 MiB and the batch's framing). */
const MAX_SCORE_BYTES = 1_000_000;

/** Turns scores into records of the lead-scored contract, keyed by lead id. */
export function createScoreWriter(
  avro: AvroWriter<LeadScored>,
  context: { readonly role: Role; readonly runId: string | null },
): ScoreWriter {
  const binners = new WeakMap<LoadedModel, Binner>();
  return (batch, model) => {
    const binner = binnerOf(binners, model);
    const inferenceUsPerLead = Math.round(batch.inferenceUs / Math.max(1, batch.leads.length));
    const scores: OutputRecord[] = [];
    const rejections: Rejection[] = [];
    for (const [row, lead] of batch.leads.entries()) {
      const score = batch.scores[row] ?? NaN;
      const problem = findScoreProblem(score);
      if (problem !== undefined) {
        rejections.push({ record: lead.record, schemaId: lead.schemaId, ...problem });
        continue;
      }
      const bins: number[] = [];
      binner(lead.inputs, bins);
      const key = Buffer.from(lead.identity.entityId);
      const value = avro.encode({
        ...identityOf(lead, batch.source),
        model: model.manifest.name,
        model_version: model.manifest.version,
        role: context.role,
        run_id: context.runId,
        experiment_id: null,
        fallback_from: null,
        fallback_code: null,
        score,
        band: model.bandOf(score),
        reasons: [],
        inputs: lead.inputs,
        bins,
        scored_at: batch.scoredAtMs,
        inference_us: inferenceUsPerLead,
      });
      const bytes = key.length + value.length;
      if (bytes > MAX_SCORE_BYTES) rejections.push(tooLarge(lead, bytes));
      else scores.push({ key, value, headers: traceHeaders(lead.record.headers) });
    }
    return { scores, rejections };
  };
}

/** Where the event carries no id or time of its own, Kafka's place and time stand for them. */
function identityOf(
  { identity, record }: Lead,
  { topic, partition }: PartitionBatch,
): Pick<LeadScored, 'event_id' | 'lead_id' | 'group_id' | 'event_time' | 'source'> {
  return {
    event_id: identity.eventId ?? `${topic}-${partition}-${record.offset}`,
    lead_id: identity.entityId,
    group_id: identity.groupId,
    event_time: identity.eventTimeMs ?? record.timestamp,
    source: { topic, partition, offset: record.offset, timestamp: record.timestamp },
  };
}

function tooLarge(lead: Lead, bytes: number): Rejection {
  return {
    record: lead.record,
    schemaId: lead.schemaId,
    code: 'score.too_large',
    message: `its score event would have ${bytes} bytes, over the limit of ${MAX_SCORE_BYTES}: a field is far too long`,
  };
}

function binnerOf(binners: WeakMap<LoadedModel, Binner>, model: LoadedModel): Binner {
  let binner = binners.get(model);
  if (binner === undefined) {
    binner = createBinner(model.reference);
    binners.set(model, binner);
  }
  return binner;
}
