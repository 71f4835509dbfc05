import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { EMPTY_REGISTRY, type RegistryState } from '@scoreline/core/registry/state.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { EventLog } from '@scoreline/runtime/kafka/event-log.ts';
import { judgeEntries } from '@scoreline/runtime/decision-log/verdict.ts';
import { REGISTRY_FOLD } from '@scoreline/runtime/registry/projection.ts';
import { toModelEventRow } from './model-event-rows.ts';

export interface ModelEventSinkDeps {
  readonly log: EventLog<ModelEvent>;
  readonly database: Pick<Database, 'insert'>;
  /** With its prefix: rows of several streams may share a database. */
  readonly topic: string;
  readonly events: {
    rowsStored(table: string, rows: number, durationMs: number): void;
    taskFailed(task: string, error: unknown): void;
  };
  readonly nowMs: () => number;
}

/** Brings the decisions about models into ClickHouse. */
export interface ModelEventSink {
  /** Goes on in the background; drift does its own work whatever becomes of this. */
  start(): void;
  /** The registry as far as it is in ClickHouse. */
  state(): RegistryState;
  close(): Promise<void>;
}

const TABLE = 'model_events_raw';
const TASK = 'model events';

/**
 * Folds the registry from its beginning at each start, since whether an event counts depends on all before it, and
 * inserts every record with its verdict. Rows are keyed by offset: what is inserted again replaces itself. While
 * ClickHouse is away the same records are tried again, and the fold goes on only after their rows are in.
 */
export function createModelEventSink(deps: ModelEventSinkDeps): ModelEventSink {
  const { log, database, topic, events, nowMs } = deps;
  let state = EMPTY_REGISTRY;
  const tell = (reason: unknown): void => events.taskFailed(TASK, reason);
  let isClosed = false;
  const follow = (): Promise<void> =>
    log.follow(
      async (entries) => {
        const judged = judgeEntries(REGISTRY_FOLD, state, entries);
        const rows = judged.verdicts.map((verdict) => toModelEventRow(topic, verdict));
        const startedAtMs = nowMs();
        await database.insert(TABLE, rows).catch((error: unknown) => {
          tell(error);
          throw error;
        });
        ({ state } = judged);
        events.rowsStored(TABLE, rows.length, nowMs() - startedAtMs);
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
