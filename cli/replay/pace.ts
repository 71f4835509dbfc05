import { setTimeout as delay } from 'node:timers/promises';

/** Holds a flow of events to a rate. */
export interface Pace {
  /** How many events make the next portion. */
  readonly portion: number;
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
  if (perSecond <= 0) return { portion: MAX_PORTION, waitFor: () => Promise.resolve() };
  let startMs: number | undefined;
  return {
    portion: Math.min(MAX_PORTION, Math.max(1, Math.round((perSecond * STEP_MS) / 1_000))),
    async waitFor(events, signal) {
      startMs ??= now();
      const waitMs = startMs + (events / perSecond) * 1_000 - now();
      if (waitMs < -MAX_BEHIND_MS) startMs -= waitMs + MAX_BEHIND_MS;
      // An abort ends the wait, and is then seen by whoever reads on.
      if (waitMs >= 1) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    },
  };
}
