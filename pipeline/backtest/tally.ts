import type { OffsetRange } from '@scoreline/runtime/kafka/topic-range.ts';
import type { BatchDone } from './bounded-batch.ts';

/** How far a backtest has come. */
export interface BacktestProgress {
  /** Of the range's offsets, those behind it; earlier runs of the same id included. */
  readonly done: number;
  readonly total: number;
  /** By this process. */
  readonly scored: number;
  readonly deadLetters: number;
  readonly seconds: number;
  /** Why it stands still now. */
  readonly waitingFor?: string;
}

export interface BacktestTally {
  committed(done: BatchDone): void;
  /** What the consumer has fetched, by partition; called only while nothing makes it wait. */
  fetched(offsets: ReadonlyMap<number, number>): void;
  isDone(): boolean;
  progress(): BacktestProgress;
  lastScored(): ReadonlyMap<number, number>;
}

/**
 * A range may end with what no reader gets to see: transaction markers, aborted records. Its partition is done once
 * all of it was fetched and nothing more has come for this long.
 */
const QUIET_MS = 5_000;

/** Counts what a backtest has committed; begins where its group stands. */
export function createBacktestTally(
  ranges: readonly OffsetRange[],
  committed: ReadonlyMap<number, number>,
  nowMs: () => number,
): BacktestTally {
  const beganAtMs = nowMs();
  const positions = new Map(
    ranges.map(({ partition, from }) => [partition, Math.max(from, committed.get(partition) ?? from)]),
  );
  const lastScored = new Map<number, number>();
  let quietSinceMs = beganAtMs;
  let [scored, deadLetters] = [0, 0];
  const remaining = (): readonly OffsetRange[] =>
    ranges.filter(({ partition, to }) => (positions.get(partition) ?? 0) < to);
  return {
    committed(done) {
      quietSinceMs = nowMs();
      positions.set(done.partition, Math.max(done.position, positions.get(done.partition) ?? 0));
      scored += done.scored;
      deadLetters += done.deadLetters;
      if (done.lastScored !== undefined) lastScored.set(done.partition, done.lastScored);
    },
    fetched(offsets) {
      if (nowMs() - quietSinceMs < QUIET_MS) return;
      for (const { partition, to } of remaining()) {
        if ((offsets.get(partition) ?? 0) >= to) positions.set(partition, to);
      }
    },
    isDone: () => remaining().length === 0,
    progress() {
      const sizes = ranges.map(({ from, to }) => to - from);
      const done = ranges.map(
        ({ partition, from, to }) => Math.min(to, positions.get(partition) ?? from) - from,
      );
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      return {
        done: sum(done),
        total: sum(sizes),
        scored,
        deadLetters,
        seconds: (nowMs() - beganAtMs) / 1e3,
      };
    },
    lastScored: () => lastScored,
  };
}
