import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { countOf, packRecords, unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import type { OutputRecord, PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { OffsetRange } from '@scoreline/runtime/kafka/topic-range.ts';
import type { TransformBatch } from '../transform-batch.ts';

/** What one committed batch brought. */
export interface BatchDone {
  readonly partition: number;
  /** The next offset to be read. */
  readonly position: number;
  readonly scored: number;
  readonly deadLetters: number;
  /** Offset of the last lead event that has a score; undefined where none has. */
  readonly lastScored: number | undefined;
}

export interface BoundedBatchDeps {
  readonly ranges: readonly OffsetRange[];
  /** Keeps dead letters, before the transaction: the same come again where it fails. */
  readonly keepDeadLetters: (deadLetters: readonly OutputRecord[]) => Promise<void>;
  readonly onCommitted: (done: BatchDone) => void;
}

/**
 * Scoring that ends where a backtest's range does: what stands behind it is passed over. Dead letters are kept aside
 * and not published, for production's own are on the dead-letter topic already.
 */
export function createBoundedBatch(
  { ranges, keepDeadLetters, onCommitted }: BoundedBatchDeps,
  transform: TransformBatch,
): TransformBatch {
  const ends = new Map(ranges.map(({ partition, to }) => [partition, to]));
  return async (batch) => {
    const { partition } = batch;
    // A partition that was added since has nothing in the range.
    const end = ends.get(partition) ?? 0;
    const records = batch.records.filter(({ offset }) => offset < end);
    const scored = records.length === 0 ? NOTHING : await transform({ ...batch, records });
    if (scored.fate === 'unavailable') return scored;
    const { scores } = scored.outputs;
    const deadLetters = unpackRecords(scored.outputs.deadLetters);
    const away = await keep(keepDeadLetters, deadLetters);
    if (away !== undefined) return { fate: 'unavailable', reason: away };
    return {
      fate: 'done',
      outputs: { scores, deadLetters: NO_RECORDS },
      onCommitted() {
        scored.onCommitted?.();
        onCommitted({
          partition,
          position: (batch.records.at(-1)?.offset ?? -1) + 1,
          scored: countOf(scores),
          deadLetters: deadLetters.length,
          lastScored: lastScoredOf(records, deadLetters),
        });
      },
    };
  };
}

const NO_RECORDS = packRecords([]);
const NOTHING: Awaited<ReturnType<TransformBatch>> = {
  fate: 'done',
  outputs: { scores: NO_RECORDS, deadLetters: NO_RECORDS },
};

async function keep(
  keepDeadLetters: BoundedBatchDeps['keepDeadLetters'],
  deadLetters: readonly OutputRecord[],
): Promise<string | undefined> {
  if (deadLetters.length === 0) return undefined;
  try {
    await keepDeadLetters(deadLetters);
    return undefined;
  } catch (error) {
    if (error instanceof ClickHouseUnavailable) return error.message;
    throw error;
  }
}

function lastScoredOf(
  records: PartitionBatch['records'],
  deadLetters: readonly OutputRecord[],
): number | undefined {
  const dead = new Set(deadLetters.map(({ headers }) => Number(headers?.['dlq.source.offset'])));
  return records.findLast(({ offset }) => !dead.has(offset))?.offset;
}
