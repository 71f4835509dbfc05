// Installs the workspace when it is missing or older than the lockfile. Plain JavaScript without dependencies:
// it runs before anything is installed, on whatever Node (20 or newer) the machine has. The scripts that call it say
// `hash -r` afterwards: their shell would remember that Node and not look for the pinned one.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!isInstalled()) install();
requireNode24();

/** Whether node_modules holds what the lockfile names, by npm's own record of what it has put there. */
function isInstalled() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, link, optional }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

/** The packages of a lockfile by path; none where there is no such file. */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(`${root}${file}`, 'utf8')).packages;
  } catch {
    return {};
  }
}

function install() {
  process.stdout.write('installing packages (npm ci) …\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0)
    fail(`npm ci failed${error ? `: ${error.message}` : ` with status ${status}`}; see its message above`);
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
