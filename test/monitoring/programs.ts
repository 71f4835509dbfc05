import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a program printed and how it ended. */
export interface ProgramRun {
  readonly status: number;
  readonly output: string;
}

/** The programs that the monitoring tests run, and the Debian packages that have them. */
const PACKAGES: Readonly<Record<string, string>> = {
  promtool: 'prometheus',
  prometheus: 'prometheus',
  amtool: 'prometheus-alertmanager',
  'prometheus-alertmanager': 'prometheus-alertmanager',
};

/** Runs a program to its end, bounded in time; one that isn't there has status −1. */
export async function runProgram(
  program: string,
  args: readonly string[],
  timeoutMs = 60_000,
): Promise<ProgramRun> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    return { status: status ?? -1, output };
  } catch (error) {
    return { status: -1, output: String(error) };
  }
}

/** What is missing and how to install it, in one sentence; undefined: everything is there. */
export async function describeMissing(): Promise<string | undefined> {
  const missing: string[] = [];
  for (const program of Object.keys(PACKAGES)) {
    const { status } = await runProgram(program, ['--version'], 10_000);
    if (status !== 0) missing.push(program);
  }
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((program) => PACKAGES[program]))].join(' ');
  return `no ${missing.join(', no ')} on PATH (Debian: apt-get install ${packages})`;
}
