import type { BatchScorer } from '../score-batch.ts';
import type { ThreadHandle } from './thread-handle.ts';

type ScoringThread = Pick<ThreadHandle, 'waiting' | 'isReadyFor' | 'score'>;

/** So many records are worth the message to a thread and back: some tenths of a millisecond. */
const WORTH_A_MESSAGE = 256;

/**
 * Lets threads score large batches, so that a backlog is scored on one core while another reads and writes it. Small
 * batches are scored here and now, and so is whatever no thread is ready for or could do.
 */
export function createThreadedScorer(scoreHere: BatchScorer, threads: readonly ScoringThread[]): BatchScorer {
  return async (batch, lineup) => {
    if (batch.records.length < WORTH_A_MESSAGE) return scoreHere(batch, lineup);
    const [thread] = threads
      .filter((candidate) => candidate.isReadyFor(lineup))
      .sort((a, b) => a.waiting - b.waiting);
    return (await thread?.score(batch, lineup)) ?? scoreHere(batch, lineup);
  };
}
