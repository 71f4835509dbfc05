import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeMissing } from './programs.ts';

/**
 * `npm run test:monitoring`: rules, dashboards and routes against the real Prometheus and Alertmanager, which are
 * Debian's packages and must be installed.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url));

const missing = await describeMissing();
if (missing !== undefined) process.stdout.write(`The monitoring tests were NOT run: ${missing}.\n`);
else {
  const args = ['run', '--config', 'test/monitoring/vitest.config.ts', ...process.argv.slice(2)];
  const child = spawn('vitest', args, { cwd: repository, stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  process.exitCode = status ?? 1;
}
