import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { isAheadOfRecord } from '@scoreline/core/windows/watermark.ts';
import { type AvroReader, schemaIdsOf } from '@scoreline/runtime/avro/codec.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import { outcomeProblem, scoreProblem } from './rows.ts';

/** What a batch held: values, and for each record that can't be read why, without its data. */
export interface DecodedBatch<T> {
  readonly values: readonly T[];
  readonly poison: readonly Poison[];
}

export interface Poison {
  readonly code: string;
  readonly offset: number;
}

/** Decodes a batch; throws RegistryUnavailable where an outage would look like poison. */
async function decodeBatch<T>(
  batch: PartitionBatch,
  reader: AvroReader<T>,
  problemOf: (value: T) => string | undefined,
): Promise<DecodedBatch<T>> {
  await reader.prepareIds(schemaIdsOf(batch.records));
  const values: T[] = [];
  const poison: Poison[] = [];
  for (const { value, offset } of batch.records) {
    const decoded = reader.decode(value);
    const code = decoded.ok ? problemOf(decoded.value) : decoded.code;
    if (code !== undefined) poison.push({ code, offset });
    else if (decoded.ok) values.push(decoded.value);
  }
  return { values, poison };
}

/** The scores of a batch of `lead-scores` or `lead-shadow-scores`. */
export function decodeScores(
  batch: PartitionBatch,
  reader: AvroReader<LeadScored>,
): Promise<DecodedBatch<LeadScored>> {
  return decodeBatch(batch, reader, scoreProblem);
}

/** The outcomes of a batch of `lead-outcomes`. */
export function decodeOutcomes(
  batch: PartitionBatch,
  reader: AvroReader<LeadOutcome>,
): Promise<DecodedBatch<LeadOutcome>> {
  return decodeBatch(batch, reader, outcomeProblem);
}

/**
 * How far event time has come by these scores: what is ahead of its own Kafka timestamp doesn't count, nor does a
 * backtest, whose events are others' past.
 */
export function clockOf(scores: readonly LeadScored[]): {
  readonly maxEventTimeMs: number | null;
  readonly ahead: number;
} {
  let maxEventTimeMs: number | null = null;
  let ahead = 0;
  for (const { event_time: timeMs, source, role } of scores) {
    if (role === 'backtest') continue;
    if (isAheadOfRecord(timeMs, source.timestamp)) ahead++;
    else if (maxEventTimeMs === null || timeMs > maxEventTimeMs) maxEventTimeMs = timeMs;
  }
  return { maxEventTimeMs, ahead };
}
