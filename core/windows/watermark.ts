/**
 * How far a stream's event time has come: the minimum over its partitions of the largest event time seen.
 * A partition that has been idle holds nothing back; where all are, the largest event time of any counts, so that
 * the last windows of a stream that has ended close too. It never falls.
 */
export interface WatermarkState {
  readonly partitions: ReadonlyMap<number, PartitionClock>;
  /** −Infinity until something is known. */
  readonly watermarkMs: number;
}

interface PartitionClock {
  /** Largest event time in it that isn't ahead of its record; −Infinity where there is none. */
  readonly maxEventTimeMs: number;
  /** Wall clock: when it last had a record to be read, or was assigned; so a partition that is stuck stays active. */
  readonly activeAtMs: number;
}

/** Event time may be ahead of Kafka's timestamp by this much: clocks differ by seconds, not by minutes. */
export const AHEAD_TOLERANCE_MS = 5_000;

/** The state of a stream of which nothing has been read. */
export const NO_WATERMARK: WatermarkState = { partitions: new Map(), watermarkMs: -Infinity };

/**
 * Whether an event claims to be from after Kafka got it. Such an event doesn't move the watermark (one bad clock
 * would close every window) and counts as a data-quality signal.
 */
export function isAheadOfRecord(eventTimeMs: number, kafkaTimestampMs: number): boolean {
  return eventTimeMs > kafkaTimestampMs + AHEAD_TOLERANCE_MS;
}

/** Moves the watermark to what the partitions allow at wall-clock `nowMs`; read it from `watermarkMs`. */
export function advanceWatermark(state: WatermarkState, nowMs: number, idleAfterMs: number): WatermarkState {
  const clocks = [...state.partitions.values()];
  const active = clocks.filter((clock) => nowMs - clock.activeAtMs < idleAfterMs);
  const allowedMs = active.length > 0 ? smallest(active) : largest(clocks);
  return allowedMs > state.watermarkMs ? { ...state, watermarkMs: allowedMs } : state;
}

function smallest(clocks: readonly PartitionClock[]): number {
  return clocks.reduce((min, clock) => Math.min(min, clock.maxEventTimeMs), Infinity);
}

function largest(clocks: readonly PartitionClock[]): number {
  return clocks.reduce((max, clock) => Math.max(max, clock.maxEventTimeMs), -Infinity);
}
