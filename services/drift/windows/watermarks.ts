import { advanceWatermark, NO_WATERMARK, type WatermarkState } from '@scoreline/core/windows/watermark.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { type Progress, readProgress } from '../progress.ts';
import type { ScoreStream, WindowRole } from '../streams.ts';

/** How far event time has come, for whoever closes windows. */
export interface Watermarks {
  /** The time up to which all events of a role's streams are expected to have come; −Infinity: nothing is known. */
  of(role: WindowRole, idleAfterMs: number): number;
}

/** Reads the progress that all instances have written. */
export async function readWatermarks(database: Database, nowMs: number): Promise<Watermarks> {
  const rows = await readProgress(database);
  const scores = clocksOf(rows, 'lead-scores');
  const shadow = clocksOf(rows, 'lead-shadow-scores');
  const watermarkOf = (state: WatermarkState, idleAfterMs: number): number =>
    advanceWatermark(state, nowMs, idleAfterMs).watermarkMs;
  return {
    of(role, idleAfterMs) {
      if (role === 'shadow') return watermarkOf(shadow, idleAfterMs);
      const served = watermarkOf(scores, idleAfterMs);
      // A candidate that lags holds its pairs back, one that is away doesn't: its empty side is to be seen.
      if (role !== 'pairs' || isIdle(shadow, nowMs, idleAfterMs)) return served;
      return Math.min(served, watermarkOf(shadow, idleAfterMs));
    },
  };
}

function clocksOf(rows: readonly Progress[], stream: ScoreStream): WatermarkState {
  const clocks = rows
    .filter((row) => row.stream === stream)
    .map(({ partition, maxEventTimeMs, activeAtMs }) => {
      return [partition, { maxEventTimeMs: maxEventTimeMs ?? -Infinity, activeAtMs }] as const;
    });
  return { ...NO_WATERMARK, partitions: new Map(clocks) };
}

function isIdle({ partitions }: WatermarkState, nowMs: number, idleAfterMs: number): boolean {
  return [...partitions.values()].every(({ activeAtMs }) => nowMs - activeAtMs >= idleAfterMs);
}
