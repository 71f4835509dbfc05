import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import { type Binner, createBinner } from '@scoreline/core/drift/binner.ts';
import { findScoreProblem } from '@scoreline/core/scoring/score-problem.ts';
import { AvroBytes } from '@scoreline/runtime/avro/avro-bytes.ts';
import {
  type PackedHeaders,
  packHeaders,
  type PackedRecords,
} from '@scoreline/runtime/kafka/packed-records.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { EncodedLeads, UnscoredLead } from './encode-leads.ts';
import type { Lead } from './name-leads.ts';
import { createScoreEncoder, type SameForAll } from './score-encoder.ts';
import { traceHeaders } from './trace-headers.ts';

/** In whose name a version scores. */
export interface Scorer {
  readonly model: LoadedModel;
  readonly role: Role;
  /** The rollout that assigned the leads; null without one. */
  readonly experimentId: string | null;
}

/** One version's scores of one batch: `scores[i]` is of `encoded.leads[i]`. */
export interface ScoredLeads {
  readonly source: Pick<PartitionBatch, 'topic' | 'partition'>;
  readonly encoded: EncodedLeads;
  readonly scores: Float64Array;
  readonly inferenceUs: number;
  readonly scoredAtMs: number;
}

/** What scored leads become. */
export interface WrittenScores {
  /** Those that have a score. */
  readonly leads: readonly Lead[];
  /** Of the lead-scored contract; the first is of the first lead, and so on. */
  readonly records: PackedRecords;
  readonly unscored: readonly UnscoredLead[];
}

export type ScoreWriter = (batch: ScoredLeads, scorer: Scorer) => WrittenScores;

/** A score larger than this, with its key and headers, would not fit its topic (1 MiB and the batch's framing). */
const MAX_SCORE_BYTES = 1_000_000;

/**
 * Turns scores into records of the lead-scored contract, keyed by lead id. Where a version's policy leaves inputs out,
 * a record says nothing of its lead but the id and the bins that the inputs fall in.
 * @param schemaId - of the contract, under the topic's subject.
 * @param runId - of the backtest; null elsewhere.
 */
export function createScoreWriter(schemaId: number, runId: string | null): ScoreWriter {
  const binnerOf = createBinnerCache();
  const encoderFor = createScoreEncoder(schemaId);
  const out = new AvroBytes();
  return (batch, scorer) => {
    const { encoded, scores } = batch;
    // What an error may have left behind.
    out.rewind(0);
    const encode = encoderFor(out, describeScorer(batch, scorer, runId));
    const binner = binnerOf(scorer.model);
    const { featureCount } = scorer.model.encoder;
    const inputsWritten = scorer.model.policy.privacy.inputs === 'left_out' ? 0 : featureCount;
    const leads: Lead[] = [];
    const unscored: UnscoredLead[] = [];
    const lengths = new Int32Array(2 * encoded.leads.length);
    const headers = new Map<number, PackedHeaders>();
    // Encoded before the next lead's are put into it.
    const bins: number[] = [];
    let row = -1;
    for (const lead of encoded.leads) {
      row += 1;
      const score = scores[row] ?? NaN;
      const problem = findScoreProblem(score);
      if (problem !== undefined) {
        unscored.push({ lead, ...problem });
        continue;
      }
      const firstInput = row * featureCount;
      binner(encoded.inputs, bins, firstInput);
      const begins = out.length;
      const keyBytes = encode(lead, {
        score,
        band: scorer.model.bandOf(score),
        inputs: encoded.inputs,
        firstInput,
        inputsWritten,
        bins,
      });
      const bytes = out.length - begins;
      if (bytes > MAX_SCORE_BYTES) {
        out.rewind(begins);
        unscored.push(tooLarge(lead, bytes));
        continue;
      }
      const trace = traceHeaders(lead.record);
      if (trace !== undefined) headers.set(leads.length, packHeaders(trace));
      lengths[2 * leads.length] = keyBytes;
      lengths[2 * leads.length + 1] = bytes - keyBytes;
      leads.push(lead);
    }
    const records = { bytes: out.take(), lengths: lengths.slice(0, 2 * leads.length), headers };
    return { leads, records, unscored };
  };
}

function describeScorer(
  { source, encoded, inferenceUs, scoredAtMs }: ScoredLeads,
  { model, role, experimentId }: Scorer,
  runId: string | null,
): SameForAll {
  return {
    model: model.manifest.name,
    model_version: model.manifest.version,
    role,
    run_id: runId,
    experiment_id: experimentId,
    scored_at: scoredAtMs,
    inference_us: Math.round(inferenceUs / Math.max(1, encoded.leads.length)),
    source,
  };
}

function tooLarge(lead: Lead, bytes: number): UnscoredLead {
  return {
    lead,
    code: 'score.too_large',
    message: `its score event would have ${bytes} bytes, over the limit of ${MAX_SCORE_BYTES}: a field is far too long`,
  };
}

function createBinnerCache(): (model: LoadedModel) => Binner {
  const binners = new WeakMap<LoadedModel, Binner>();
  return (model) => {
    const known = binners.get(model);
    if (known !== undefined) return known;
    const binner = createBinner(model.reference);
    binners.set(model, binner);
    return binner;
  };
}
