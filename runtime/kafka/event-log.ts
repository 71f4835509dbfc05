import { setTimeout as delay } from 'node:timers/promises';
import type { AvroReader, Decoded } from '../avro/codec.ts';
import { untilAvailable } from '../until-available.ts';
import type { KafkaLogSink } from './client.ts';
import { createPartitionReader, type PartitionReader, PositionGone } from './partition-reader.ts';
import type { KafkaSettings } from './settings.ts';

/** One record of the log: its event, or why it can't be read. */
export interface LogEntry<E> {
  readonly offset: number;
  /** Kafka's timestamp, epoch milliseconds. */
  readonly timestampMs: number;
  readonly decoded: Decoded<E>;
}

export interface EventLogOptions<E> {
  readonly kafka: KafkaSettings;
  /** One partition, kept for ever. */
  readonly topic: string;
  readonly reader: AvroReader<E>;
  readonly clientLog: KafkaLogSink;
}

/** Reads a topic of decisions from its beginning and then as it grows; every reader sees all of it. */
export interface EventLog<E> {
  /**
   * Gives every entry to `onEntries`, in order, and goes on with new ones as they come (a few ms after publication).
   * Resolves once it has reached what was the end when it began; `onWaiting` is told what that waits for, and `close`
   * ends the wait with an error. A throw of `onEntries` gives it the same entries again after a moment. To be called once.
   */
  follow(onEntries: EntriesHandler<E>, onWaiting: (reason: string) => void): Promise<void>;
  /** Waits until everything that is in the topic now has been handled. Throws {@link EventLogBehind} past the time. */
  untilCaughtUp(timeoutMs?: number): Promise<void>;
  /** Why it can't be read now; undefined: it can. */
  problem(): string | undefined;
  /** Settles when the log can't be followed any more: the service must then exit and read it anew. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

export type EntriesHandler<E> = (entries: readonly LogEntry<E>[]) => void | Promise<void>;

/** The log couldn't be read to its end in time: nothing may be decided on what is known of it. */
export class EventLogBehind extends Error {}

const POLL_MS = 500;
const RETRY_AFTER_MS = 500;
const CAUGHT_UP_WITHIN_MS = 10_000;

/** Opens nothing before `follow`. */
export function createEventLog<E>(options: EventLogOptions<E>): EventLog<E> {
  const { kafka, topic, clientLog } = options;
  const partition = createPartitionReader(kafka, topic, clientLog);
  const closing = new AbortController();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  const progress = createProgress();
  let running: Promise<void> = Promise.resolve();
  const untilCaughtUp = async (timeoutMs = CAUGHT_UP_WITHIN_MS): Promise<void> => {
    const deadline = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal]);
    try {
      await progress.untilReached(await orAborted(partition.endOffset(), deadline), deadline);
    } catch (error) {
      const reason = progress.problem() ?? describe(error);
      throw new EventLogBehind(`${topic} could not be read to its end: ${reason}`, { cause: error });
    }
  };
  return {
    failed,
    untilCaughtUp,
    problem() {
      const reason = progress.problem();
      return reason === undefined ? undefined : `${topic} can not be read now: ${reason}`;
    },
    async follow(onEntries, onWaiting) {
      const isOver = (error: unknown): boolean => isFinal(error) || closing.signal.aborted;
      const end = await untilAvailable(() => measureLog(partition, topic), onWaiting, isOver);
      const follower = { partition, options, onEntries, progress, signal: closing.signal };
      running = followPartition(follower).catch(fail);
      await Promise.race([progress.untilReached(end, closing.signal), throwWhen(failed)]);
    },
    async close() {
      closing.abort(new Error('closed'));
      await partition.close();
      await running;
    },
  };
}

/** The log's end; throws where its beginning is gone, since no state can be made of the rest. */
async function measureLog(partition: PartitionReader, topic: string): Promise<number> {
  const start = await partition.startOffset();
  if (start === 0) return partition.endOffset();
  const message = `${topic} has lost its first ${start} records: it must be kept for ever (retention.ms=-1); restore it`;
  throw new PositionGone(message);
}

interface Follower<E> {
  readonly partition: PartitionReader;
  readonly options: EventLogOptions<E>;
  readonly onEntries: EntriesHandler<E>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function followPartition<E>(follower: Follower<E>): Promise<void> {
  const { progress, signal } = follower;
  while (!signal.aborted) {
    try {
      await readOn(follower);
    } catch (error) {
      if (isFinal(error)) throw error;
      progress.stalled(describe(error));
      await delay(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function readOn<E>({ partition, options, onEntries, progress, signal }: Follower<E>): Promise<void> {
  const { records, nextOffset } = await partition.fetch(progress.position(), POLL_MS);
  if (signal.aborted) return;
  if (records.length > 0) {
    await options.reader.prepare(records.map(({ value }) => value));
    const entries = records.map(({ offset, timestamp, value }) => ({
      offset,
      timestampMs: timestamp,
      decoded: options.reader.decode(value),
    }));
    await onEntries(entries);
  }
  progress.reached(nextOffset);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isFinal(error: unknown): error is Error {
  return error instanceof PositionGone;
}

/** How far the log has been handled, and who waits for it. */
interface Progress {
  position(): number;
  problem(): string | undefined;
  reached(offset: number): void;
  stalled(reason: string): void;
  untilReached(offset: number, signal: AbortSignal): Promise<void>;
}

function createProgress(): Progress {
  let position = 0;
  let problem: string | undefined;
  const waiting = new Set<{ readonly offset: number; readonly resolve: () => void }>();
  return {
    position: () => position,
    problem: () => problem,
    stalled: (reason) => void (problem = reason),
    reached(offset) {
      position = offset;
      problem = undefined;
      for (const waiter of waiting) if (waiter.offset <= offset) waiter.resolve();
    },
    async untilReached(offset, signal) {
      if (position >= offset) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter = { offset, resolve };
      waiting.add(waiter);
      await orAborted(promise, signal).finally(() => waiting.delete(waiter));
    },
  };
}

/** The promise, or the signal's reason as an error, whichever comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function throwWhen(failed: Promise<Error>): Promise<never> {
  throw await failed;
}
