import type { DecisionEvent, DecisionState, Fold } from '@scoreline/core/decisions/decision.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { judgeEntries, type Verdict } from '@scoreline/runtime/decision-log/verdict.ts';
import type { EventLog } from '@scoreline/runtime/kafka/event-log.ts';

/** How the records of one decision log become rows. */
export interface DecisionTable<S, E> {
  readonly name: 'model_events_raw' | 'rollout_events_raw' | 'retraining_requests_raw';
  /**
   * A record and what became of it as a row.
   * @param topic - with its prefix: rows of several streams may share a database.
   * @param state - the log's, after this record and those that were read with it.
   */
  readonly toRow: (topic: string, verdict: Verdict<E>, state: S) => object;
}

export interface DecisionSinkDeps<S extends DecisionState, E extends DecisionEvent> {
  readonly log: EventLog<E>;
  readonly fold: Fold<S, E>;
  readonly table: DecisionTable<S, E>;
  readonly topic: string;
  readonly database: Pick<Database, 'insert'>;
  readonly events: {
    rowsStored(table: string, rows: number, durationMs: number): void;
    taskFailed(task: string, error: unknown): void;
  };
  readonly nowMs: () => number;
}

/** Brings the decisions of a log into ClickHouse. */
export interface DecisionSink<S> {
  /** Goes on in the background; drift does its own work whatever becomes of this. */
  start(): void;
  /** The log's state as far as it is in ClickHouse. */
  state(): S;
  close(): Promise<void>;
}

/**
 * Folds the log from its beginning at each start, since whether an event counts depends on all before it, and inserts
 * every record with its verdict. Rows are keyed by offset: what is inserted again replaces itself. While ClickHouse is
 * away the same records are tried again, and the fold goes on only after their rows are in.
 */
export function createDecisionSink<S extends DecisionState, E extends DecisionEvent>(
  deps: DecisionSinkDeps<S, E>,
): DecisionSink<S> {
  const { log, fold, table, topic, database, events, nowMs } = deps;
  let state = fold.empty;
  const tell = (reason: unknown): void => events.taskFailed(table.name, reason);
  let isClosed = false;
  const follow = (): Promise<void> =>
    log.follow(
      async (entries) => {
        const judged = judgeEntries(fold, state, entries);
        const rows = judged.verdicts.map((verdict) => table.toRow(topic, verdict, judged.state));
        const startedAtMs = nowMs();
        await database.insert(table.name, rows).catch((error: unknown) => {
          tell(error);
          throw error;
        });
        ({ state } = judged);
        events.rowsStored(table.name, rows.length, nowMs() - startedAtMs);
      },
      (reason) => tell(new Error(reason)),
    );
  return {
    state: () => state,
    start() {
      follow().catch((error: unknown) => void (isClosed || tell(error)));
      log.failed.then(tell, tell);
    },
    async close() {
      isClosed = true;
      await log.close();
    },
  };
}
