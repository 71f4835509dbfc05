import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SAMPLE_EVERY_MS = 100;

/** What a process has used since it was watched. */
export interface ProcessUse {
  readonly beforeMb: number;
  /** Resident memory at its highest. */
  readonly peakMb: number;
  /** Of all its threads: what it would take alone on one core, whatever else the machine does. */
  readonly cpuSeconds: number;
}

/** Samples a process ten times a second; throws where it isn't there. */
export async function watchProcess(pid: number): Promise<{ stop(): Promise<ProcessUse> }> {
  const before = await readUse(pid);
  let last = before;
  let peakMb = before.residentMb;
  const stopping = new AbortController();
  const sampling = (async () => {
    while (!stopping.signal.aborted) {
      await delay(SAMPLE_EVERY_MS);
      last = await readUse(pid);
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

async function readUse(pid: number): Promise<{ readonly residentMb: number; readonly cpuSeconds: number }> {
  const { stdout } = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [resident = '', time = ''] = stdout.trim().split(/\s+/);
  return { residentMb: Number(resident) / 1_024, cpuSeconds: readTime(time) };
}

/** `[days-]hours:minutes:seconds`, or `minutes:seconds` with hundredths, as one system or the other writes it. */
function readTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  return clock.split(':').reduce((seconds, part) => 60 * seconds + Number(part), 0) + Number(days) * 86_400;
}
