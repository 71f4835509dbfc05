import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const venv = join(repository, '.scoreline/peers/venv');
const NEEDED = [3, 10] as const;
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The virtual environment's own programs. */
export const venvBin = join(venv, 'bin');

/** A Python new enough, or why there is none. */
export async function findPython(): Promise<{ command: string } | { problem: string }> {
  for (const command of [process.env['PYTHON'] ?? 'python3', 'python']) {
    const code = 'import sys, ensurepip; print(*sys.version_info[:2])';
    const { status, output } = await run(command, ['-c', code], 10_000);
    const [major = 0, minor = 0] = output.trim().split(' ').map(Number);
    if (status === 0 && (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])))
      return { command };
  }
  return { problem: `no Python ${NEEDED.join('.')} or newer with venv and pip (PYTHON names another)` };
}

/** Makes the virtual environment with what requirements.txt names; a no-op where it is there. */
export async function installPeers(python: string): Promise<void> {
  await installRequirements(python, requirements, venv);
}

/** Makes a virtual environment with what that file of requirements names; a no-op where it is there. */
export async function installRequirements(python: string, requirements: string, venv: string): Promise<void> {
  const marker = join(venv, 'installed-of');
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  if ((await readFile(marker, 'utf8').catch(() => '')) === wanted) return;
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  await expectDone(python, ['-m', 'venv', venv]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', '--no-deps'];
  await expectDone(join(venv, 'bin/python'), [...pip, '-r', requirements]);
  await writeFile(marker, wanted);
}

async function expectDone(command: string, args: readonly string[]): Promise<void> {
  const { status, output } = await run(command, args, INSTALL_TIMEOUT_MS);
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${output.slice(-4_000)}`);
}

/** Runs a program to its end, bounded in time; a program that isn't there has status −1. */
export async function run(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  env: NodeJS.ProcessEnv = process.env,
  input = '',
): Promise<{ status: number; output: string }> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env,
    cwd: repository,
  });
  child.stdin.on('error', () => {}).end(input);
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
