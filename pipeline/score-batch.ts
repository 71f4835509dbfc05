import type { Role } from '@scoreline/core/contracts/lead-scored.ts';
import {
  joinPacked,
  packRecords,
  type PackedRecords,
  unpackRecords,
} from '@scoreline/runtime/kafka/packed-records.ts';
import type {
  FetchedRecord,
  KafkaRecord,
  OutputRecord,
  PartitionBatch,
  RecordSequence,
} from '@scoreline/runtime/kafka/record.ts';
import { type BatchSummary, joinSummaries, summariseBatch } from './batch-event.ts';
import { type FailedScorer, toDeadLetter } from './dead-letter.ts';
import type { UnscoredLead } from './encode-leads.ts';
import { assignLeads, type Lineup } from './lineup.ts';
import type { Lead, LeadNamer } from './name-leads.ts';
import type { Rejection } from './rejection.ts';
import { scoreTreatments } from './score-treatments.ts';
import type { VersionScorer, VersionScores } from './score-version.ts';

export type ScoringOutput = 'scores' | 'deadLetters';

/** What a batch of lead events becomes. */
export interface ScoredBatch {
  readonly outputs: Readonly<Record<ScoringOutput, PackedRecords>>;
  /** To be told once the transaction has committed. */
  readonly summary: BatchSummary;
}

/**
 * Scores a batch whose schemas are known, by the lineup of the moment at which it begins. Throws what production's
 * inference throws.
 */
export type BatchScorer<Records extends RecordSequence = readonly FetchedRecord[]> = (
  batch: PartitionBatch<Records>,
  currentLineup: () => Lineup,
) => Promise<ScoredBatch>;

export interface BatchScorerDeps {
  readonly nameLeads: LeadNamer;
  readonly scoreVersion: VersionScorer;
  /** Of what no treatment scores. */
  readonly role: Role;
  /** The `max.message.bytes` of the dead letters' topic. */
  readonly deadLetterBytes: number;
  readonly nowMs: () => number;
}

/**
 * Leads that are decoded at once: so few live for a moment only, and the garbage collector finds hardly any of them. As
 * many as one call of the model takes.
 */
const PIECE_RECORDS = 256;

/**
 * One batch of lead events of one partition becomes scores and dead letters:
 *
 * 1. each record is named, or rejected with a code;
 * 2. each lead is assigned to a version: production, unless a rollout says otherwise;
 * 3. each version encodes and scores its leads in one inference;
 * 4. what a treatment can't score falls back to production;
 * 5. what production can't score is rejected, and each rejection becomes a dead letter.
 *
 * What comes back is written with the batch's offset in one transaction, by whoever called.
 */
export function createBatchScorer(deps: BatchScorerDeps): BatchScorer<RecordSequence> {
  return (batch, currentLineup) => scorePieces(batch, currentLineup(), deps);
}

/** What became of a part of a batch. */
interface ScoredPiece {
  readonly scores: PackedRecords;
  readonly deadLetters: readonly OutputRecord[];
  readonly summary: BatchSummary;
}

/** Piece by piece, each of which leaves nothing behind but its records and its summary. */
async function scorePieces(
  { records, ...place }: PartitionBatch<RecordSequence>,
  lineup: Lineup,
  deps: BatchScorerDeps,
): Promise<ScoredBatch> {
  const pieces: ScoredPiece[] = [];
  for (let from = 0; from < records.length; from += PIECE_RECORDS) {
    const piece = { ...place, records: records.slice(from, from + PIECE_RECORDS) };
    pieces.push(await scorePiece(piece, lineup, deps));
  }
  return {
    outputs: {
      scores: joinPacked(pieces.map(({ scores }) => scores)),
      deadLetters: packRecords(pieces.flatMap(({ deadLetters }) => deadLetters)),
    },
    summary: joinSummaries(pieces.map((piece) => piece.summary)),
  };
}

async function scorePiece(
  batch: PartitionBatch,
  lineup: Lineup,
  { nameLeads, scoreVersion, role, deadLetterBytes, nowMs }: BatchScorerDeps,
): Promise<ScoredPiece> {
  const { production: model, traffic } = lineup;
  const { leads, rejections: unreadable } = nameLeads(batch.records, model);

  const assigned = assignLeads(lineup, leads, ({ identity }) => identity.entityId);
  const byProduction = (some: readonly Lead[]) =>
    scoreVersion(batch, some, { model, role, experimentId: traffic.experimentId });
  const [own, treated] = await inEitherOrder(
    batch,
    () => byProduction(assigned.production),
    () => scoreTreatments(batch, assigned.treatments, lineup, scoreVersion),
  );
  const fallen = treated.fallbacks.length === 0 ? [] : [await byProduction(treated.fallbacks)];

  const versions = [...treated.versions, own, ...fallen];
  const unscored = [own, ...fallen].flatMap((scored) => scored.unscored.map(toRejection));
  const rejections = [...unreadable, ...unscored].sort(byOffset);
  const scorer: FailedScorer = { role, model: model.manifest.name, version: model.manifest.version };
  const deadLetters = rejections.map((rejection) =>
    toDeadLetter(rejection, batch, nowMs(), scorer, deadLetterBytes),
  );
  return {
    scores: inRecordOrder(versions),
    deadLetters,
    summary: summariseBatch({ batch, versions, rejections }),
  };
}

/**
 * One after the other, by batch in either order: the first inference waits for whatever else the event loop has to do,
 * and times of versions are compared that must not always be the first.
 */
async function inEitherOrder<A, B>(
  { records }: PartitionBatch,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, B]> {
  if ((records[0]?.offset ?? 0) % 2 === 0) return [await first(), await second()];
  const done = await second();
  return [await first(), done];
}

/** Order per lead holds, whichever versions score its events. */
function inRecordOrder(versions: readonly VersionScores[]): PackedRecords {
  const [only] = versions;
  // One version's are in order by themselves.
  if (only !== undefined && versions.length === 1) return only.records;
  const offsets = versions.flatMap(({ leads }) => leads.map(({ record }) => record.offset));
  const records = versions.flatMap((version) => unpackRecords(version.records));
  const order = Array.from(offsets.keys()).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
  return packRecords(order.flatMap((index) => records[index] ?? []));
}

function byOffset(a: { readonly record: KafkaRecord }, b: { readonly record: KafkaRecord }): number {
  return a.record.offset - b.record.offset;
}

function toRejection({ lead: { record, schemaId }, code, message }: UnscoredLead): Rejection {
  return { record, schemaId, code, message };
}
