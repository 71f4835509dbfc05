import type { EventAppender } from '../../kafka/event-appender.ts';
import type { EntriesHandler, EventLog, LogEntry } from '../../kafka/event-log.ts';

/** A topic of decisions in memory. */
export interface MemoryTopic<E> {
  /** A reader of its own, as each process has one. */
  openLog(): EventLog<E>;
  readonly appender: EventAppender<E>;
  /** Puts a record there that can't be read. */
  appendGarbage(): void;
}

/** Behaves as the Kafka topic does: every reader gets every entry in order, `untilCaughtUp` waits for the end as it is. */
export function createMemoryTopic<E>(): MemoryTopic<E> {
  const entries: LogEntry<E>[] = [];
  const wake = new Set<() => Promise<void>>();
  const put = (decoded: LogEntry<E>['decoded']): number => {
    const offset = entries.length;
    entries.push({ offset, timestampMs: 1_000 * offset, decoded });
    return offset;
  };
  return {
    openLog: () => openLog(entries, wake),
    appendGarbage: () => void put({ ok: false, code: 'value.malformed', message: 'no event' }),
    appender: {
      async append(event) {
        const offset = put({ ok: true, value: event, schemaId: 1 });
        await Promise.all([...wake].map((read) => read()));
        return offset;
      },
      close: () => Promise.resolve(),
    },
  };
}

function openLog<E>(entries: readonly LogEntry<E>[], wake: Set<() => Promise<void>>): EventLog<E> {
  let position = 0;
  let handler: EntriesHandler<E> = () => {};
  const read = async (): Promise<void> => {
    const fresh = entries.slice(position);
    position = entries.length;
    if (fresh.length > 0) await handler(fresh);
  };
  return {
    failed: new Promise(() => {}),
    problem: () => undefined,
    untilCaughtUp: read,
    async follow(onEntries) {
      handler = onEntries;
      await read();
      wake.add(read);
    },
    async close() {
      wake.delete(read);
    },
  };
}
