import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SAMPLE_EVERY_MS = 100;

/** The resident memory of a process from now on. */
export interface MemoryWatch {
  stop(): Promise<{ readonly beforeMb: number; readonly peakMb: number }>;
}

/** Samples a process ten times a second; throws where it isn't there. */
export async function watchMemory(pid: number): Promise<MemoryWatch> {
  const beforeMb = await readResidentMb(pid);
  let peakMb = beforeMb;
  const stopping = new AbortController();
  const sampling = (async () => {
    while (!stopping.signal.aborted) {
      peakMb = Math.max(peakMb, await readResidentMb(pid));
      await delay(SAMPLE_EVERY_MS);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await sampling;
      return { beforeMb, peakMb };
    },
  };
}

async function readResidentMb(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1_024;
}
