import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { ErasureKeyMissing, type IsSuppressed } from '../erasure/suppressed-leads.ts';
import type { NativeColumns } from '@scoreline/runtime/clickhouse/native/types.ts';
import { toProgressRow } from '../progress.ts';
import { isProgressStream } from '../streams.ts';
import { COLUMNS } from './columns.ts';
import type { Part, PartRow } from './part.ts';

export interface Store {
  /** Writes parts of several partitions together; see the steps below. */
  flush(parts: readonly Part[]): Promise<void>;
  /** Why nothing can be written now, or undefined. */
  problem(): string | undefined;
}

export interface StoreEvents {
  rowsStored(table: Part['table'], rows: number, durationMs: number): void;
  /** Rows of leads that were forgotten: they are read again, and left out. */
  rowsLeftOut(table: Part['table'], rows: number): void;
  clickHouseAway(error: Error, retryInMs: number): void;
}

export interface StoreDeps {
  readonly database: Database;
  readonly events: StoreEvents;
  /** Asked before each write, so that a lead that was forgotten since the batch was read stays away. */
  readonly loadSuppressed: () => Promise<IsSuppressed | undefined>;
  readonly nowMs: () => number;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** Then the batches are given back to Kafka, to come again: the process may have lost its partitions meanwhile. */
const GIVE_UP_AFTER_MS = 20_000;

/**
 * Writes what was read, in an order that a crash can't hurt; each step can be repeated:
 * 1. rows but those of forgotten leads, one insert a table: until they are in, nothing says that they were read;
 * 2. marks of the windows that hold them: without them, a late row would never be counted;
 * 3. progress of event time: without it, windows close later.
 * Then the offsets may be committed. While ClickHouse is away, each step is tried again: rows, marks and progress
 * that are there already replace themselves.
 */
export function createStore(deps: StoreDeps): Store {
  let problem: string | undefined;
  const untilTaken = async <T>(step: () => Promise<T>): Promise<T> => {
    const giveUpAtMs = deps.nowMs() + GIVE_UP_AFTER_MS;
    for (let retryInMs = FIRST_RETRY_MS; ; retryInMs = Math.min(2 * retryInMs, LAST_RETRY_MS)) {
      try {
        const done = await step();
        problem = undefined;
        return done;
      } catch (error) {
        if (error instanceof ErasureKeyMissing) problem = error.message;
        if (!(error instanceof ClickHouseUnavailable)) throw error;
        problem = error.message;
        deps.events.clickHouseAway(error, retryInMs);
        if (deps.nowMs() + retryInMs > giveUpAtMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryInMs));
      }
    }
  };
  const insert = (table: string, rows: readonly object[], columns?: NativeColumns) =>
    untilTaken(() => deps.database.insert(table, rows, columns));
  const keepRows = (table: Part['table'], rows: readonly PartRow[], isSuppressed?: IsSuppressed) => {
    if (isSuppressed === undefined) return rows;
    const kept = rows.filter(({ lead_id: leadId }) => leadId === undefined || !isSuppressed(leadId));
    if (kept.length < rows.length) deps.events.rowsLeftOut(table, rows.length - kept.length);
    return kept;
  };
  return {
    problem: () => problem,
    async flush(parts) {
      for (const [table, ofTable] of Map.groupBy(parts, (part) => part.table)) {
        const startedAtMs = deps.nowMs();
        const isSuppressed = await untilTaken(deps.loadSuppressed);
        const all = ofTable.flatMap((part) => part.rows);
        const rows = keepRows(table, all, isSuppressed);
        await insert(table, rows, COLUMNS[table]);
        deps.events.rowsStored(table, rows.length, deps.nowMs() - startedAtMs);
      }
      await insert('dirty_windows', parts.flatMap(markRows));
      await insert('stream_progress', progressRows(parts, deps.nowMs()));
    },
  };
}

/** Which records these are. */
function rangeOf({ stream, partition, firstOffset, lastOffset, firstTimestampMs }: Part): string {
  return `${stream}-${partition}-${firstOffset}-${lastOffset}@${firstTimestampMs}`;
}

function markRows(part: Part): readonly object[] {
  return part.marks.map(({ model, modelVersion, role, size, startMs }) => ({
    model,
    model_version: modelVersion,
    role,
    window_size: size,
    window_start: startMs,
    mark_id: rangeOf(part),
    done: 0,
  }));
}

function progressRows(parts: readonly Part[], nowMs: number): readonly object[] {
  return parts.flatMap(({ stream, partition, maxEventTimeMs, lastTimestampMs, isLive }) =>
    isProgressStream(stream) && isLive
      ? [
          toProgressRow({
            stream,
            partition,
            maxEventTimeMs,
            activeAtMs: nowMs,
            readUntilMs: lastTimestampMs,
          }),
        ]
      : [],
  );
}
