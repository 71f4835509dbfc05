import type { StreamName } from '../streams.ts';
import type { Mark } from './marks.ts';
import type { Buffered } from './row-buffer.ts';

/** A row by column; with a `lead_id` it is somebody's. */
export interface PartRow {
  readonly lead_id?: string;
  readonly [column: string]: unknown;
}

/** One batch of one partition, ready to be written. */
export interface Part extends Buffered {
  readonly stream: StreamName;
  readonly partition: number;
  /** Tells the records of a topic that was made anew from those that had the same offsets before. */
  readonly firstTimestampMs: number;
  readonly lastTimestampMs: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly table: 'lead_scores' | 'lead_outcomes' | 'dead_letters_raw';
  readonly rows: readonly PartRow[];
  readonly marks: readonly Mark[];
  readonly maxEventTimeMs: number | null;
  /** Whether the stream lives by it: a batch of backtests alone tells nothing of candidates that are away. */
  readonly isLive: boolean;
}
