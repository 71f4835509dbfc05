import { setTimeout as delay } from 'node:timers/promises';
import { readProcessUse } from '../process-use.ts';

const SAMPLE_EVERY_MS = 100;

/** What a process has used since it was watched. */
export interface WatchedUse {
  readonly beforeMb: number;
  /** Resident memory at its highest. */
  readonly peakMb: number;
  /** Of all its threads: what it would take alone on one core, whatever else the machine does. */
  readonly cpuSeconds: number;
}

/** Samples a process ten times a second; throws where it isn't there. */
export async function watchProcess(pid: number): Promise<{ stop(): Promise<WatchedUse> }> {
  const before = await readProcessUse(pid);
  let last = before;
  let peakMb = before.residentMb;
  const stopping = new AbortController();
  const sampling = (async () => {
    while (!stopping.signal.aborted) {
      await delay(SAMPLE_EVERY_MS);
      last = await readProcessUse(pid);
      peakMb = Math.max(peakMb, last.residentMb);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await sampling;
      return { beforeMb: before.residentMb, peakMb, cpuSeconds: last.cpuSeconds - before.cpuSeconds };
    },
  };
}
