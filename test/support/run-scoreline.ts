import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMPILE_CACHE } from '@scoreline/infra/local/compile-cache.ts';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '../..');
const TIMEOUT_MS = 60_000;

/** Runs `scoreline …` in this repository: exit code and what it printed. */
export async function runScoreline(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const options = { env: { ...COMPILE_CACHE, ...env }, cwd: REPOSITORY, timeout: TIMEOUT_MS };
  try {
    const { stdout } = await run(process.execPath, [join(REPOSITORY, 'cli/main.ts'), ...args], options);
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}
