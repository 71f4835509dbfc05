import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { RegistryUnavailable } from '@scoreline/runtime/avro/registry.ts';
import type { Transformed } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { toDeadLetter } from './dead-letter.ts';
import type { LeadReader } from './read-leads.ts';
import type { ScoringEvents } from './scoring-events.ts';
import type { ScoreWriter } from './write-scores.ts';

export type ScoringOutput = 'scores' | 'deadLetters';

export interface ScoreBatchDeps {
  readonly avro: AvroReader<LeadEvent>;
  readonly readLeads: LeadReader;
  readonly writeScores: ScoreWriter;
  readonly currentModel: () => LoadedModel;
  readonly role: Role;
  /** The `max.message.bytes` of the dead letters' topic. */
  readonly deadLetterBytes: number;
  readonly events: ScoringEvents;
  readonly nowMs: () => number;
}

/**
 * One batch of lead events of one partition becomes scores and dead letters:
 *
 * 1. the schemas that the records name are known, or the batch waits: an outage is no poison;
 * 2. each record is decoded, named and encoded as a row of the model's input, or rejected with a code;
 * 3. one inference scores all rows;
 * 4. each score becomes a record of the lead-scored contract, or a rejection where it is no finite number;
 * 5. each rejection becomes a dead letter.
 *
 * What comes back is written with the batch's offset in one transaction, by whoever called.
 */
export function createScoreBatch(
  deps: ScoreBatchDeps,
): (batch: PartitionBatch) => Promise<Transformed<ScoringOutput>> {
  const { avro, readLeads, writeScores, currentModel, role, deadLetterBytes, events, nowMs } = deps;
  return async (batch) => {
    const unavailable = await prepareSchemas(avro, batch);
    if (unavailable !== undefined) return { fate: 'unavailable', reason: unavailable };

    const model = currentModel();
    const { leads, matrix, rejections: unreadable } = readLeads(batch.records, model);

    const scores = new Float64Array(leads.length);
    const { inferenceUs } = await model.score(matrix, leads.length, scores);

    const scoredAtMs = nowMs();
    const written = writeScores({ source: batch, leads, scores, inferenceUs, scoredAtMs }, model);

    const rejections = [...unreadable, ...written.rejections];
    const scorer = { role, model: model.manifest.name, version: model.manifest.version };
    const deadLetters = rejections.map((rejection) =>
      toDeadLetter(rejection, batch, scoredAtMs, scorer, deadLetterBytes),
    );

    const fact = { batch, leads, scored: written.scores.length, rejections, inferenceUs, scoredAtMs };
    return {
      fate: 'done',
      outputs: { scores: written.scores, deadLetters },
      onCommitted: () => events.batchScored(fact),
    };
  };
}

/** The reason why the batch has to wait, if it has to. */
async function prepareSchemas(
  avro: AvroReader<LeadEvent>,
  batch: PartitionBatch,
): Promise<string | undefined> {
  try {
    await avro.prepare(batch.records.map((record) => record.value));
    return undefined;
  } catch (error) {
    if (error instanceof RegistryUnavailable) return error.message;
    throw error;
  }
}
