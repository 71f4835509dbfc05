import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { EMPTY_REGISTRY, type RegistryState } from '@scoreline/core/registry/state.ts';
import type { EventLog } from '../kafka/event-log.ts';
import type { RegistryEvents } from './registry-events.ts';
import { judgeEntries, type Verdict } from './verdict.ts';

/** A stream's registry as this process knows it, at most a few ms behind the topic. */
export interface RegistryProjection {
  /** Reads the topic to its end and follows it from there; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  /** Empty before `start` has resolved. */
  state(): RegistryState;
  /** Waits until every decision that is on the topic now is in the state; throws EventLogBehind after 10 s. */
  untilCaughtUp(timeoutMs?: number): Promise<void>;
  /**
   * Told of each change of the state after `start`, with the state before; several decisions that are read together
   * are one change. Gives back what ends it.
   */
  onChange(listener: (state: RegistryState, before: RegistryState) => void): () => void;
  /** Told of what became of each record, those before `start` resolves included. Gives back what ends it. */
  onVerdict(listener: (verdict: Verdict) => void): () => void;
  /** Why decisions can't be followed now; undefined: they can. The last state stays in force meanwhile. */
  notReady(): string | undefined;
  /** Settles when the topic can't be followed any more: the service must then exit. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

export interface RegistryProjectionDeps {
  readonly log: EventLog<ModelEvent>;
  readonly events: RegistryEvents;
}

/** Projects a log of model events; it closes the log with itself. */
export function createRegistryProjection({ log, events }: RegistryProjectionDeps): RegistryProjection {
  let state = EMPTY_REGISTRY;
  let isLive = false;
  const changeListeners = new Set<(state: RegistryState, before: RegistryState) => void>();
  const verdictListeners = new Set<(verdict: Verdict) => void>();
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
        const judged = judgeEntries(before, entries);
        ({ state } = judged);
        for (const verdict of judged.verdicts) {
          events.eventRead(verdict, isLive);
          for (const listener of verdictListeners) listener(verdict);
        }
        if (!isLive || state === before) return;
        for (const listener of changeListeners) listener(state, before);
      }, onWaiting);
      isLive = true;
      events.registryProjected(state);
    },
  };
}

function subscribe<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
