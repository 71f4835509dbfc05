import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '../crew/crew.ts';

/** What a process says of itself at one moment. */
export interface Vitals {
  /** Since the watching began. */
  readonly minutes: number;
  readonly rssMb: number;
  /** Used of V8's heap, garbage included. */
  readonly heapMb: number;
  /** Open handles of Node: sockets, timers of sockets, files. */
  readonly handles: number;
  /** The event loop's delay, 99th percentile since the sample before. */
  readonly loopDelayMs: number;
}

/** Samples by member, oldest first; a member that doesn't answer has none of that moment. */
export type VitalSigns = ReadonlyMap<string, readonly Vitals[]>;

const SAMPLE_EVERY_MS = 10_000;
const METRICS = {
  rss: 'process_resident_memory_bytes',
  heap: 'nodejs_heap_size_used_bytes',
  handles: 'nodejs_active_handles_total',
  loopDelay: 'nodejs_eventloop_lag_p99_seconds',
} as const;

/** Asks members for their /metrics until it is told to stop. */
export function watchVitals(members: readonly Member[]): { stop(): Promise<VitalSigns> } {
  const signs = new Map<string, Vitals[]>(members.map(({ name }) => [name, []]));
  const ending = new AbortController();
  const begunAt = performance.now();
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const minutes = (performance.now() - begunAt) / 60_000;
      await Promise.all(
        members.map(async ({ name, url }) => {
          const sample = await readVitals(url, minutes).catch(() => undefined);
          if (sample !== undefined) signs.get(name)?.push(sample);
        }),
      );
      await delay(SAMPLE_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    async stop() {
      ending.abort();
      await watching;
      return signs;
    },
  };
}

async function readVitals(url: string, minutes: number): Promise<Vitals> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const text = await answer.text();
  const gauge = (name: string): number =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  return {
    minutes,
    rssMb: gauge(METRICS.rss) / 2 ** 20,
    heapMb: gauge(METRICS.heap) / 2 ** 20,
    handles: gauge(METRICS.handles),
    loopDelayMs: gauge(METRICS.loopDelay) * 1_000,
  };
}
