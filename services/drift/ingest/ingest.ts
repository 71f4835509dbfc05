import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Candidates } from '../candidates.ts';
import type { ModelCatalog } from '../models.ts';
import type { StreamName } from '../streams.ts';
import { clockOf, decodeOutcomes, decodeScores, type Poison } from './decode.ts';
import { type Mark, marksOf, type VersionName } from './marks.ts';
import { createRowBuffer } from './row-buffer.ts';
import { toDeadLetterRow, toOutcomeRow, toScoreRow } from './rows.ts';
import type { Part, Store } from './store.ts';

export interface IngestDeps {
  readonly scores: AvroReader<LeadScored>;
  readonly outcomes: AvroReader<LeadOutcome>;
  readonly models: Pick<ModelCatalog, 'learn' | 'policyOf'>;
  readonly candidates: Candidates;
  /** Which stream a topic is. */
  readonly streamOf: (topic: string) => StreamName;
  readonly store: Store;
  readonly events: IngestEvents;
}

export interface IngestEvents {
  batchRead(fact: {
    stream: StreamName;
    batch: PartitionBatch;
    poison: readonly Poison[];
    ahead: number;
  }): void;
}

/** ClickHouse wants inserts of 1,000 rows or more, or a second apart. */
const MIN_ROWS = 1_000;
const MAX_WAIT_MS = 1_000;
const MAX_ROWS = 50_000;
const BEAT_EVERY_MS = 1_000;

/**
 * Takes batches of all streams into ClickHouse. For each:
 * 1. decode; what can't be read is counted and skipped, an outage of the registry throws;
 * 2. make rows, and the marks of which windows they make dirty;
 * 3. wait for the flush that they share with other partitions' batches: rows, then marks, then progress.
 * A throw leaves the offsets uncommitted and the batch comes again; its rows then replace themselves.
 */
export function createIngest(
  deps: IngestDeps,
): (batch: PartitionBatch, beat: () => Promise<void>) => Promise<void> {
  const buffer = createRowBuffer<Part>({
    flush: deps.store.flush,
    minRows: MIN_ROWS,
    maxWaitMs: MAX_WAIT_MS,
    maxRows: MAX_ROWS,
  });
  return async (batch, beat) => {
    const part = await toPart(batch, deps);
    await whileBeating(buffer.add(part), beat);
  };
}

async function toPart(batch: PartitionBatch, deps: IngestDeps): Promise<Part> {
  const stream = deps.streamOf(batch.topic);
  const base = {
    stream,
    partition: batch.partition,
    firstTimestampMs: batch.records[0]?.timestamp ?? 0,
    firstOffset: batch.records[0]?.offset ?? 0,
    lastOffset: batch.records.at(-1)?.offset ?? 0,
    rowCount: batch.records.length,
    marks: [],
    maxEventTimeMs: null,
  };
  const report = (poison: readonly Poison[], ahead = 0): void =>
    deps.events.batchRead({ stream, batch, poison, ahead });
  switch (stream) {
    case 'lead-scores':
    case 'lead-shadow-scores': {
      const { values, poison } = await decodeScores(batch, deps.scores);
      const { maxEventTimeMs, ahead } = clockOf(values);
      const marks = await markWindows(values, deps);
      report(poison, ahead);
      return { ...base, table: 'lead_scores', rows: values.map(toScoreRow), marks, maxEventTimeMs };
    }
    case 'lead-outcomes': {
      const { values, poison } = await decodeOutcomes(batch, deps.outcomes);
      report(poison);
      return { ...base, table: 'lead_outcomes', rows: values.map(toOutcomeRow) };
    }
    case 'lead-created.dlq': {
      report([]);
      const rows = batch.records.map((record) => toDeadLetterRow(batch.topic, batch.partition, record));
      return { ...base, table: 'dead_letters_raw', rows };
    }
  }
}

async function markWindows(
  scores: readonly LeadScored[],
  { models, candidates }: IngestDeps,
): Promise<readonly Mark[]> {
  const versions = versionsOf(scores);
  await models.learn(versions.map(({ version }) => version));
  for (const { version, role } of versions) if (role === 'shadow') candidates.seen(version);
  await models.learn(candidates.expected());
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

/** Keeps the group membership alive while something takes long; a beat that fails ends the wait. */
async function whileBeating(work: Promise<void>, beat: () => Promise<void>): Promise<void> {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => void beat().catch(reject), BEAT_EVERY_MS);
  try {
    await Promise.race([work, lost]);
  } finally {
    clearInterval(timer);
  }
}
