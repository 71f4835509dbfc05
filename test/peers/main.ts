import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findPython, installPeers } from './python.ts';

/**
 * `npm run test:peers`: what is tested against other people's real servers, which are Python programs: S3 (moto's
 * server) and MLflow. They are installed into `.scoreline/peers` on the first run, which takes some minutes.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url));

const python = await findPython();
if ('problem' in python) process.stdout.write(`The peer tests were NOT run: ${python.problem}.\n`);
else {
  process.stdout.write('peers: installing what test/peers/requirements.txt names, unless it is there\n');
  await installPeers(python.command);
  const args = ['run', '--config', 'test/peers/vitest.config.ts', ...process.argv.slice(2)];
  const child = spawn('vitest', args, { cwd: repository, stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  process.exitCode = status ?? 1;
}
