import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { BatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { publishDecisions, type PublishAlerts } from './alerts/publish-decisions.ts';
import { readUnpublishedMs } from './alerts/unpublished.ts';
import type { DriftEvents } from './drift-events.ts';
import type { Store } from './ingest/store.ts';
import type { ModelCatalog } from './models.ts';
import { createOperationsWatch } from './operations/watch-operations.ts';
import {
  announcePartitions,
  caughtUpPartitions,
  readProgress,
  readUntilOf,
  toProgressRow,
} from './progress.ts';
import { PROGRESS_STREAMS, type ProgressStream } from './streams.ts';
import { createPerformanceTurn } from './performance/performance-turn.ts';
import { closeWindows } from './windows/close-windows.ts';
import { createFailingWindows } from './windows/failing-windows.ts';
import { readWatermarks } from './windows/watermarks.ts';

/** What the turns of the background tasks work with. */
export interface TurnDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly store: Store;
  readonly reader: Pick<BatchReader, 'assigned' | 'owns' | 'lag' | 'fetched'>;
  readonly publish: PublishAlerts;
  /** Leads that have come and that production has yet to score. */
  readonly leadsWaiting: () => Promise<number>;
  readonly topicOf: (stream: ProgressStream) => string;
  readonly events: DriftEvents;
  readonly nowMs: () => number;
}

/**
 * One turn from marks to alerts:
 * 1. announce partitions that were assigned here, so that they hold the watermark back;
 * 2. only whoever owns partition 0 of lead-scores: close windows, measure the service;
 * 3. publish what has been decided, by this turn or by one that a crash cut short.
 * What fails keeps nothing else from being done; the turn fails at its end. Who owns the partition is asked again
 * before anything is decided or published.
 */
export function createWindowTurn(deps: TurnDeps): () => Promise<'done' | 'more'> {
  const { database, models, store, reader, publish, topicOf, events, nowMs } = deps;
  const readUntilMs = async (): Promise<number> => readUntilOf(await readProgress(database), 'lead-scores');
  const isOwner = (): boolean => reader.owns(topicOf('lead-scores'), 0);
  const operations = createOperationsWatch({ ...deps, readUntilMs, isOwner });
  const failing = createFailingWindows(nowMs);
  let announced: ReturnType<typeof reader.assigned> | undefined;
  return async () => {
    const assigned = reader.assigned();
    if (assigned !== announced) {
      const streams = PROGRESS_STREAMS.map(
        (stream) => [stream, assigned.get(topicOf(stream)) ?? []] as const,
      );
      await announcePartitions(database, new Map(streams), nowMs());
      announced = assigned;
    }
    // Rows that wait to be written would look like idle partitions.
    if (!isOwner() || store.problem() !== undefined) {
      events.windowsFailing(0);
      return 'done';
    }
    const failures: unknown[] = [];
    const attempt = (step: () => Promise<void>): Promise<void> =>
      step().catch((error: unknown) => void failures.push(error));
    let isMore = false;
    await attempt(async () => {
      const closed = await closeWindows({ database, models, events, nowMs, isOwner, failing });
      failures.push(...closed.failures);
      isMore = closed.isMore;
    });
    await attempt(() => operations.tick(nowMs()));
    await attempt(async () => {
      if (!isOwner()) return;
      const silencesUnread = (error: unknown): void => events.taskFailed('silences', error);
      const context = { nowMs: nowMs(), isOwner, silencesUnread };
      events.alertsPublished(await publishDecisions(database, publish, context));
    });
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
    return isMore ? 'more' : 'done';
  };
}

/**
 * One turn of measuring performance, of the cohorts that the watermark has passed and whose outcomes have been read; by
 * whoever owns partition 0 of lead-scores, and not while rows wait to be written.
 */
export function createOutcomeTurn({
  database,
  models,
  store,
  reader,
  topicOf,
  events,
  nowMs,
}: TurnDeps): () => Promise<'done' | 'more'> {
  const isOwner = (): boolean => reader.owns(topicOf('lead-scores'), 0) && store.problem() === undefined;
  return createPerformanceTurn({
    database,
    models,
    events,
    nowMs,
    isOwner,
    readClocks: async () => ({
      watermarks: await readWatermarks(database, nowMs()),
      outcomesUntilMs: readUntilOf(await readProgress(database), 'lead-outcomes'),
    }),
  });
}

/**
 * One turn of the lag's measuring: a partition in which nothing is left to read has been read until now; one that has
 * unread records isn't idle, however long nothing of it could be stored.
 */
export function createLagTurn({ database, reader, topicOf, events, nowMs }: TurnDeps): () => Promise<'done'> {
  let assigned = reader.assigned();
  let assignedAtMs = nowMs();
  return async () => {
    const measuredAtMs = nowMs();
    if (reader.assigned() !== assigned) {
      assigned = reader.assigned();
      assignedAtMs = measuredAtMs;
    }
    const lag = await reader.lag();
    events.lagMeasured(lag);
    const rows = PROGRESS_STREAMS.flatMap((stream) => {
      const topic = topicOf(stream);
      const caughtUp = new Set(caughtUpPartitions(topic, lag, reader, measuredAtMs - assignedAtMs));
      return (assigned.get(topic) ?? []).map((partition) =>
        toProgressRow({
          stream,
          partition,
          ...(caughtUp.has(partition) ? { readUntilMs: measuredAtMs } : { activeAtMs: measuredAtMs }),
        }),
      );
    });
    await database.insert('stream_progress', rows);
    return 'done';
  };
}

/** One turn of telling how long an alert waits to be published; it asks no broker, since those may be why it waits. */
export function createUnpublishedTurn({
  database,
  events,
  nowMs,
}: Pick<TurnDeps, 'database' | 'events' | 'nowMs'>): () => Promise<'done'> {
  return async () => {
    events.unpublishedMeasured(await readUnpublishedMs(database, nowMs()));
    return 'done';
  };
}
