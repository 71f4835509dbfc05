import { setTimeout as delay } from 'node:timers/promises';

/** Holds a flow of events to a rate. */
export interface Pace {
  /** How many events make the next portion when `events` have gone out: more when they are late. */
  portionAfter(events: number): number;
  /** Waits until `events` (all so far) may have gone out; at once when they are late. Ends early when aborted. */
  waitFor(events: number, signal: AbortSignal): Promise<void>;
}

/** Without a rate: large enough that a round trip is shared by many. */
const MAX_PORTION = 2_000;
/** With a rate, a portion is what comes in this time: small steps, or latencies would show our own bursts. */
const STEP_MS = 10;
/** A flow that fell behind catches up at most this much; then the schedule moves instead. */
const MAX_BEHIND_MS = 1_000;

/** `perSecond` 0: as fast as it goes. */
export function createPace(perSecond: number, now: () => number = () => performance.now()): Pace {
  if (perSecond <= 0) return { portionAfter: () => MAX_PORTION, waitFor: () => Promise.resolve() };
  let startMs: number | undefined;
  const untilDueMs = (events: number): number => (startMs ??= now()) + (events / perSecond) * 1_000 - now();
  return {
    portionAfter(events) {
      const lateMs = Math.min(MAX_BEHIND_MS, Math.max(0, -untilDueMs(events)));
      const due = Math.round((perSecond * (STEP_MS + lateMs)) / 1_000);
      return Math.min(MAX_PORTION, Math.max(1, due));
    },
    async waitFor(events, signal) {
      const waitMs = untilDueMs(events);
      if (startMs !== undefined && waitMs < -MAX_BEHIND_MS) startMs -= waitMs + MAX_BEHIND_MS;
      // An abort ends the wait, and is then seen by whoever reads on.
      if (waitMs >= 1) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    },
  };
}
