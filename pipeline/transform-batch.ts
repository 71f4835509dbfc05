import { type AvroReader, schemaIdsOf } from '@scoreline/runtime/avro/codec.ts';
import { RegistryUnavailable } from '@scoreline/runtime/avro/registry.ts';
import type { Transformed } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Lineup } from './lineup.ts';
import type { BatchScorer, ScoringOutput } from './score-batch.ts';
import type { ScoringEvents } from './scoring-events.ts';
import { createTurns } from './turns.ts';

/** A batch of lead events to its scores and dead letters. */
export type TransformBatch = (batch: PartitionBatch) => Promise<Transformed<ScoringOutput>>;

export interface TransformBatchDeps {
  readonly avro: Pick<AvroReader<unknown>, 'prepareIds'>;
  readonly scoreBatch: BatchScorer;
  /** Read once a batch. */
  readonly currentLineup: () => Lineup;
  readonly events: Pick<ScoringEvents, 'batchScored'>;
}

/**
 * What a consumer does with a batch: the schemas that its records name are known first, or the batch waits, for an
 * outage is no poison; then it is scored, and told of once it is committed.
 */
export function createTransformBatch({
  avro,
  scoreBatch,
  currentLineup,
  events,
}: TransformBatchDeps): TransformBatch {
  const inTurn = createTurns();
  const transform: TransformBatch = async (batch) => {
    const { outputs, summary } = await scoreBatch(batch, currentLineup);
    return { fate: 'done', outputs, onCommitted: () => events.batchScored(summary) };
  };
  return async (batch) => {
    const unavailable = await prepareSchemas(avro, batch);
    if (unavailable !== undefined) return { fate: 'unavailable', reason: unavailable };
    if (currentLineup().traffic.treatments.length === 0) return transform(batch);
    // While a rollout assigns, one batch at a time: the slow version of one would make the other's inference look slow,
    // and both would go on by a lineup that a rollback has ended meanwhile.
    return inTurn(() => transform(batch));
  };
}

/** The reason why the batch has to wait, if it has to. */
export async function prepareSchemas(
  avro: Pick<AvroReader<unknown>, 'prepareIds'>,
  batch: PartitionBatch,
): Promise<string | undefined> {
  try {
    await avro.prepareIds(schemaIdsOf(batch.records));
    return undefined;
  } catch (error) {
    if (error instanceof RegistryUnavailable) return error.message;
    throw error;
  }
}
