// Installs the workspace when it is missing or older than the lockfile. Plain JavaScript without dependencies:
// it runs before anything is installed, on whatever Node (20 or newer) the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.scoreline-lock`;
const lockHash = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) install();
requireNode24();

function install() {
  process.stdout.write('installing packages (npm ci) …\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0)
    fail(`npm ci failed${error ? `: ${error.message}` : ` with status ${status}`}; see its message above`);
  writeFileSync(stamp, lockHash);
}

function requireNode24() {
  const { stdout } = spawnSync('node', ['--version'], { encoding: 'utf8' });
  const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1]);
  if (major >= 24) return;
  fail(
    `Scoreline runs on Node 24; this platform (${process.platform}-${process.arch}) has no pinned Node in the lockfile ` +
      `and the one on PATH is ${stdout?.trim() || 'missing'}: install Node 24 and try again`,
  );
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
