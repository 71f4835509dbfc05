import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What a process has used until now. */
export interface ProcessUse {
  /** Of all its threads: what it would take alone on one core, whatever else the machine does. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
  /** Resident memory at its highest since the process began; where the system doesn't keep it, as `residentMb`. */
  readonly peakMb: number;
}

/** Linux's unit of CPU time in /proc, whatever the kernel's own clock (man 5 proc). */
const TICKS_A_SECOND = 100;
const run = promisify(execFile);

/** By /proc, to a hundredth of a second, or by ps elsewhere; throws where there is no such process. */
export async function readProcessUse(pid: number): Promise<ProcessUse> {
  if (process.platform !== 'linux') return readByPs(pid);
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // The name, in brackets, may hold anything; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    residentMb: kilobytes('VmRSS') / 1_024,
    peakMb: kilobytes('VmHWM') / 1_024,
  };
}

async function readByPs(pid: number): Promise<ProcessUse> {
  const { stdout } = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [resident = '', time = ''] = stdout.trim().split(/\s+/);
  const residentMb = Number(resident) / 1_024;
  return { cpuSeconds: readTime(time), residentMb, peakMb: residentMb };
}

/** `[days-]hours:minutes:seconds`, or `minutes:seconds` with hundredths, as one system or the other writes it. */
function readTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  return clock.split(':').reduce((seconds, part) => 60 * seconds + Number(part), 0) + Number(days) * 86_400;
}
