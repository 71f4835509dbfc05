import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import type { RecordSequence } from '@scoreline/runtime/kafka/record.ts';
import { createLeadEncoder } from './encode-leads.ts';
import { createLeadNamer } from './name-leads.ts';
import { type BatchScorer, createBatchScorer } from './score-batch.ts';
import { createVersionScorer } from './score-version.ts';
import { createScoreWriter } from './write-scores.ts';

export interface ScoringSettings {
  /** Of the lead-scored contract, under the scores' topic. */
  readonly scoreSchemaId: number;
  /** Of a backtest; null elsewhere. */
  readonly runId: string | null;
  /** Of what no treatment scores. */
  readonly role: Role;
  /** The `max.message.bytes` of the dead letters' topic. */
  readonly deadLetterBytes: number;
}

/** The scoring of batches, put together: the same in every thread. Their schemas must have been prepared in `avro`. */
export function openBatchScorer(
  avro: AvroReader<LeadEvent>,
  { scoreSchemaId, runId, role, deadLetterBytes }: ScoringSettings,
  nowMs: () => number = Date.now,
): BatchScorer<RecordSequence> {
  return createBatchScorer({
    nameLeads: createLeadNamer(avro),
    scoreVersion: createVersionScorer(
      createLeadEncoder(avro),
      createScoreWriter(scoreSchemaId, runId),
      nowMs,
    ),
    role,
    deadLetterBytes,
    nowMs,
  });
}
