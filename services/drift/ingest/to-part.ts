import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Candidates } from '../candidates.ts';
import type { ModelCatalog } from '../models.ts';
import type { StreamName } from '../streams.ts';
import { clockOf, decodeOutcomes, decodeScores, type Poison } from './decode.ts';
import { type Mark, marksOf, type VersionName } from './marks.ts';
import { toDeadLetterRow, toOutcomeRow, toScoreRow } from './rows.ts';
import type { Part } from './part.ts';

export interface ToPartDeps {
  readonly scores: AvroReader<LeadScored>;
  readonly outcomes: AvroReader<LeadOutcome>;
  readonly models: Pick<ModelCatalog, 'learn' | 'policyOf'>;
  readonly candidates: Candidates;
}

/** What a batch becomes, and what was wrong with its records. */
export interface ReadBatch {
  readonly part: Part;
  readonly poison: readonly Poison[];
  /** Events from after Kafka got them. */
  readonly ahead: number;
}

/** Turns a batch of a stream into rows and marks; throws where the registry or ClickHouse can't be asked. */
export function toPart(stream: StreamName, batch: PartitionBatch, deps: ToPartDeps): Promise<ReadBatch> {
  return READERS[stream](batch, deps);
}

const READERS: Record<StreamName, (batch: PartitionBatch, deps: ToPartDeps) => Promise<ReadBatch>> = {
  'lead-scores': (batch, deps) => readScores('lead-scores', batch, deps),
  'lead-shadow-scores': (batch, deps) => readScores('lead-shadow-scores', batch, deps),
  'lead-outcomes': readOutcomes,
  'lead-created.dlq': readDeadLetters,
};

async function readScores(stream: StreamName, batch: PartitionBatch, deps: ToPartDeps): Promise<ReadBatch> {
  const { values, poison } = await decodeScores(batch, deps.scores);
  const { maxEventTimeMs, ahead } = clockOf(values);
  const marks = await markWindows(values, deps);
  const rows = values.map(toScoreRow);
  const isLive = values.length === 0 || values.some(({ role }) => role !== 'backtest');
  return {
    part: { ...standing(stream, batch), table: 'lead_scores', rows, marks, maxEventTimeMs, isLive },
    poison,
    ahead,
  };
}

async function readOutcomes(batch: PartitionBatch, { outcomes }: ToPartDeps): Promise<ReadBatch> {
  const { values, poison } = await decodeOutcomes(batch, outcomes);
  const rows = values.map(toOutcomeRow);
  return { part: { ...standing('lead-outcomes', batch), table: 'lead_outcomes', rows }, poison, ahead: 0 };
}

async function readDeadLetters(batch: PartitionBatch): Promise<ReadBatch> {
  const rows = batch.records.map((record) => toDeadLetterRow(batch.topic, batch.partition, record));
  const part = { ...standing('lead-created.dlq', batch), table: 'dead_letters_raw', rows } as const;
  return { part, poison: [], ahead: 0 };
}

/** Where a batch stands, with nothing yet made of it. */
function standing(stream: StreamName, { partition, records }: PartitionBatch): Omit<Part, 'table' | 'rows'> {
  return {
    stream,
    partition,
    firstTimestampMs: records[0]?.timestamp ?? 0,
    lastTimestampMs: records.at(-1)?.timestamp ?? 0,
    firstOffset: records[0]?.offset ?? 0,
    lastOffset: records.at(-1)?.offset ?? 0,
    rowCount: records.length,
    marks: [],
    maxEventTimeMs: null,
    isLive: true,
  };
}

async function markWindows(
  scores: readonly LeadScored[],
  { models, candidates }: ToPartDeps,
): Promise<readonly Mark[]> {
  const versions = versionsOf(scores);
  for (const { version, role } of versions) if (role === 'shadow') candidates.seen(version);
  await models.learn([...versions.map(({ version }) => version), ...candidates.expected()]);
  return marksOf(scores, models.policyOf, candidates.expected());
}

function versionsOf(
  scores: readonly LeadScored[],
): readonly { readonly version: VersionName; readonly role: LeadScored['role'] }[] {
  const versions = new Map<string, { version: VersionName; role: LeadScored['role'] }>();
  for (const { model, model_version: modelVersion, role } of scores) {
    const key = `${role} ${model}@${modelVersion}`;
    if (!versions.has(key)) versions.set(key, { version: { model, modelVersion }, role });
  }
  return [...versions.values()];
}
