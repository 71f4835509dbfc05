import type { EnvResult } from './env.ts';

/**
 * The configuration, or an exit: with every problem on standard error (status 2), or, asked by `--check-config`,
 * with a word that it is good (status 0).
 */
export function loadConfigOrExit<T>(read: (env: NodeJS.ProcessEnv) => EnvResult<T>): T {
  const result = read(process.env);
  if (!result.ok) {
    process.stderr.write(`${result.problems.map((problem) => `configuration: ${problem}`).join('\n')}\n`);
    process.exit(2);
  }
  if (process.argv.includes('--check-config')) {
    process.stdout.write('configuration: good\n');
    process.exit(0);
  }
  return result.config;
}
