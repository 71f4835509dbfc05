import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { NotHere } from './fault.ts';

const run = promisify(execFile);

/** What a running process may have: open files, or bytes of a file that it writes. */
type Limit = 'nofile' | 'fsize';

const LINES: Readonly<Record<Limit, RegExp>> = {
  nofile: /^Max open files\s+(\S+)\s+(\S+)/m,
  fsize: /^Max file size\s+(\S+)\s+(\S+)/m,
};

/** Lowers a limit of a running process; what it gives puts it back as it was. Throws `NotHere` without prlimit. */
export async function lowerLimit(pid: number, limit: Limit, to: number): Promise<() => Promise<void>> {
  const [, soft = '', hard = ''] = LINES[limit].exec(readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? [];
  const set = async (value: string): Promise<void> => {
    const asked = ['--pid', String(pid), `--${limit}=${value}:${hard}`];
    await run('prlimit', asked, { timeout: 5_000 }).catch((error: unknown) => {
      throw new NotHere(`prlimit: ${String(error)}`);
    });
  };
  await set(String(to));
  return () => set(soft);
}
