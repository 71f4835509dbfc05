import { advanceWatermark, NO_WATERMARK, type WatermarkState } from '@scoreline/core/windows/watermark.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ScoreStream, WindowRole } from '../streams.ts';

/** How far event time has come, for whoever closes windows. */
export interface Watermarks {
  /** The time up to which all events of a role's streams are expected to have come; −Infinity: nothing is known. */
  of(role: WindowRole, idleAfterMs: number): number;
}

interface ProgressRow {
  readonly stream: ScoreStream;
  readonly partition: number;
  readonly maxEventTimeMs: number | null;
  readonly activeAtMs: number;
}

/** Reads the progress that all instances have written. */
export async function readWatermarks(database: Database, nowMs: number): Promise<Watermarks> {
  const rows = await database.query<ProgressRow>(`
    SELECT stream, partition, toUnixTimestamp64Milli(max(max_event_time)) AS maxEventTimeMs,
      toUnixTimestamp64Milli(max(active_at)) AS activeAtMs
    FROM stream_progress
    GROUP BY stream, partition`);
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

/** Partitions that were assigned now hold the watermark back until they speak or have been idle for long enough. */
export async function announcePartitions(
  database: Database,
  assigned: ReadonlyMap<ScoreStream, readonly number[]>,
  nowMs: number,
): Promise<void> {
  const rows = [...assigned].flatMap(([stream, partitions]) =>
    partitions.map((partition) => ({ stream, partition, max_event_time: null, active_at: nowMs })),
  );
  await database.insert('stream_progress', rows);
}

function clocksOf(rows: readonly ProgressRow[], stream: ScoreStream): WatermarkState {
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
