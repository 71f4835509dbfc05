import type { DecisionEvent, DecisionState, Fold } from '@scoreline/core/decisions/decision.ts';
import type { EventLog } from '../kafka/event-log.ts';
import { judgeEntries, type Verdict } from './verdict.ts';

/** A decision log as this process knows it, at most a few ms behind the topic. */
export interface Projection<S, E> {
  /** Reads the topic to its end and follows it from there; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  /** Empty before `start` has resolved. */
  state(): S;
  /** Waits until every decision that is on the topic now is in the state; throws EventLogBehind after 10 s. */
  untilCaughtUp(timeoutMs?: number): Promise<void>;
  /**
   * Told of each change of the state after `start`, with the state before; several decisions that are read together
   * are one change. Gives back what ends it.
   */
  onChange(listener: (state: S, before: S) => void): () => void;
  /** Told of what became of each record, those before `start` resolves included. Gives back what ends it. */
  onVerdict(listener: (verdict: Verdict<E>) => void): () => void;
  /** Why decisions can't be followed now; undefined: they can. The last state stays in force meanwhile. */
  notReady(): string | undefined;
  /** Settles when the topic can't be followed any more: the service must then exit. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** What a projection has to tell. */
export interface ProjectionEvents<S, E> {
  /** One record was read; not `isLive` while the history is. */
  eventRead(verdict: Verdict<E>, isLive: boolean): void;
  /** The history has been read to its end. */
  projected(state: S): void;
}

/** For tools that tell a person themselves. */
export const SILENT_PROJECTION: ProjectionEvents<unknown, unknown> = {
  eventRead: () => {},
  projected: () => {},
};

export interface ProjectionDeps<S extends DecisionState, E extends DecisionEvent> {
  readonly log: EventLog<E>;
  readonly fold: Fold<S, E>;
  readonly events: ProjectionEvents<S, E>;
}

/** Projects a decision log; it closes the log with itself. */
export function createProjection<S extends DecisionState, E extends DecisionEvent>({
  log,
  fold,
  events,
}: ProjectionDeps<S, E>): Projection<S, E> {
  let state = fold.empty;
  let isLive = false;
  const changeListeners = new Set<(state: S, before: S) => void>();
  const verdictListeners = new Set<(verdict: Verdict<E>) => void>();
  return {
    failed: log.failed,
    state: () => state,
    untilCaughtUp: (timeoutMs) => log.untilCaughtUp(timeoutMs),
    notReady: () => log.problem(),
    onChange: (listener) => subscribe(changeListeners, listener),
    onVerdict: (listener) => subscribe(verdictListeners, listener),
    close: () => log.close(),
    async start(onWaiting) {
      await log.follow((entries) => {
        const before = state;
        const judged = judgeEntries(fold, before, entries);
        ({ state } = judged);
        for (const verdict of judged.verdicts) {
          events.eventRead(verdict, isLive);
          for (const listener of verdictListeners) listener(verdict);
        }
        if (!isLive || state === before) return;
        for (const listener of changeListeners) listener(state, before);
      }, onWaiting);
      isLive = true;
      events.projected(state);
    },
  };
}

function subscribe<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
