import { type AvroReader, schemaIdsOf } from '@scoreline/runtime/avro/codec.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { ScoringSettings } from '../open-batch-scorer.ts';
import type { BatchScorer } from '../score-batch.ts';
import { type ThreadEvents, ThreadHandle, type ThreadJob } from './thread-handle.ts';

/** The threads of a process that score large batches for all of its consumers. */
export interface ScoringThreads {
  /**
   * A scorer that lets them score large batches, so that a backlog is scored on one core while another reads and writes
   * it. Small batches are scored here and now, by `scoreHere`, and so is whatever no thread is ready for or could do.
   */
  beside(scoreHere: BatchScorer, settings: ScoringSettings, avro: SchemaSource): BatchScorer;
  /** Finishes what they have to score. */
  close(): Promise<void>;
}

type SchemaSource = Pick<AvroReader<unknown>, 'schemaOf'>;
type Thread = Pick<ThreadHandle, 'waiting' | 'batches' | 'isRunning' | 'isReadyFor' | 'score' | 'close'>;

/** So many records are worth the message to a thread and back: some tenths of a millisecond. */
const WORTH_A_MESSAGE = 256;
/**
 * So many are a backlog, and worth a new thread. Its start takes a core for a second, which a stream that has fallen
 * behind for a moment would wait for.
 */
const WORTH_A_THREAD = 1_000;
/** One that it scores and one more: it won't be idle while the main thread scores the next, between reads and writes. */
const ENOUGH_BATCHES = 2;

/** They start with the first backlog. */
export function createScoringThreads(count: number, events: ThreadEvents): ScoringThreads {
  return shareAmong(Array.from({ length: count }, () => new ThreadHandle(events)));
}

/**
 * The next batch goes to the thread that has the least to do; where that is enough already, to the main thread, which
 * takes one at a time.
 */
export function shareAmong(threads: readonly Thread[]): ScoringThreads {
  let isScoringHere = false;
  return {
    beside(scoreHere, settings, avro) {
      return async (batch, currentLineup) => {
        const candidates = threads.filter((thread) => batch.records.length >= leastFor(thread));
        const schemas = candidates.length > 0 ? schemasOf(batch, avro) : undefined;
        if (schemas === undefined) return scoreHere(batch, currentLineup);
        const lineup = currentLineup();
        const job: ThreadJob = { batch, lineup, settings, schemas };
        const [thread] = candidates
          .filter((candidate) => candidate.isReadyFor(lineup))
          .sort((a, b) => a.waiting - b.waiting);
        if (thread === undefined) return scoreHere(batch, currentLineup);
        if (thread.batches >= ENOUGH_BATCHES && !isScoringHere) {
          isScoringHere = true;
          return scoreHere(batch, currentLineup).finally(() => (isScoringHere = false));
        }
        return (await thread.score(job)) ?? scoreHere(batch, currentLineup);
      };
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function leastFor({ isRunning }: Thread): number {
  return isRunning ? WORTH_A_MESSAGE : WORTH_A_THREAD;
}

/** By id; undefined where a record names one that the registry doesn't know: whether it still doesn't, is asked here. */
function schemasOf({ records }: PartitionBatch, avro: SchemaSource): Map<number, string> | undefined {
  const schemas = new Map<number, string>();
  for (const id of schemaIdsOf(records)) {
    const schema = avro.schemaOf(id);
    if (schema === undefined) return undefined;
    schemas.set(id, schema);
  }
  return schemas;
}
