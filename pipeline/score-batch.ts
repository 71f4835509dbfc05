import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { RegistryUnavailable } from '@scoreline/runtime/avro/registry.ts';
import type { Transformed } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { KafkaRecord, OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import { type FailedScorer, toDeadLetter } from './dead-letter.ts';
import type { UnscoredLead } from './encode-leads.ts';
import { assignLeads, type Lineup } from './lineup.ts';
import type { LeadNamer } from './name-leads.ts';
import type { Rejection } from './rejection.ts';
import { scoreTreatments } from './score-treatments.ts';
import type { VersionScorer, VersionScores } from './score-version.ts';
import type { ScoringEvents } from './scoring-events.ts';
import { createTurns } from './turns.ts';

export type ScoringOutput = 'scores' | 'deadLetters';

export interface ScoreBatchDeps {
  readonly avro: AvroReader<LeadEvent>;
  readonly nameLeads: LeadNamer;
  readonly scoreVersion: VersionScorer;
  /** Read once a batch. */
  readonly currentLineup: () => Lineup;
  /** Of what no treatment scores. */
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
 * 2. each record is decoded and named, or rejected with a code;
 * 3. each lead is assigned to a version: production, unless a rollout says otherwise;
 * 4. each treatment encodes and scores its leads in one inference; what it can't score falls back to production;
 * 5. production scores the rest in one inference; what it can't score is rejected;
 * 6. each rejection becomes a dead letter.
 *
 * What comes back is written with the batch's offset in one transaction, by whoever called.
 */
export function createScoreBatch(
  deps: ScoreBatchDeps,
): (batch: PartitionBatch) => Promise<Transformed<ScoringOutput>> {
  const inTurn = createTurns();
  return async (batch) => {
    const unavailable = await prepareSchemas(deps.avro, batch);
    if (unavailable !== undefined) return { fate: 'unavailable', reason: unavailable };
    // One batch at a time: two at once would share one thread and gain nothing, but the slow version of one would make
    // the other's inference look slow, and both would go on by a lineup that a rollback has ended meanwhile.
    return inTurn(() => scoreNow(batch, deps));
  };
}

async function scoreNow(batch: PartitionBatch, deps: ScoreBatchDeps): Promise<Transformed<ScoringOutput>> {
  const { nameLeads, scoreVersion, role, deadLetterBytes, events, nowMs } = deps;
  const lineup = deps.currentLineup();
  const { production: model, traffic } = lineup;
  const { leads, rejections: unreadable } = nameLeads(batch.records, model);

  const assigned = assignLeads(lineup, leads, ({ identity }) => identity.entityId);
  const treated = await scoreTreatments(batch, assigned.treatments, lineup, scoreVersion);
  const rest = [...assigned.production, ...treated.fallbacks];
  const production = await scoreVersion(batch, rest, { model, role, experimentId: traffic.experimentId });

  const versions = [...treated.versions, production];
  const rejections = [...unreadable, ...production.unscored.map(toRejection)].sort(byOffset);
  const scorer: FailedScorer = { role, model: model.manifest.name, version: model.manifest.version };
  const deadLetters = rejections.map((rejection) =>
    toDeadLetter(rejection, batch, nowMs(), scorer, deadLetterBytes),
  );
  return {
    fate: 'done',
    outputs: { scores: inRecordOrder(versions), deadLetters },
    onCommitted: () => events.batchScored({ batch, versions, rejections }),
  };
}

/** Order per lead holds, whichever versions score its events. */
function inRecordOrder(versions: readonly VersionScores[]): OutputRecord[] {
  const written = versions.flatMap((version) => version.written);
  return written.sort((a, b) => byOffset(a.lead, b.lead)).map(({ output }) => output);
}

function byOffset(a: { readonly record: KafkaRecord }, b: { readonly record: KafkaRecord }): number {
  return a.record.offset - b.record.offset;
}

function toRejection({ lead: { record, schemaId }, code, message }: UnscoredLead): Rejection {
  return { record, schemaId, code, message };
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
