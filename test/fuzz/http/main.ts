import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, installRequirements } from '../../peers/python.ts';
import { fuzzByOpenApi, readHttpFuzzOptions } from './schemathesis.ts';
import { startServices } from './services.ts';

/**
 * `npm run fuzz:http`: schemathesis makes requests of what scorer and API say of themselves at /openapi.json, good and
 * bad ones, and holds the answers against it; on a stack of its own. Without a Python it says that it did not run, and
 * fails where --required asks for it.
 */
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const venv = fileURLToPath(new URL('../../../.scoreline/fuzz-http/venv', import.meta.url));

const log = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const options = readHttpFuzzOptions(process.argv.slice(2));
  const python = await findPython();
  if ('problem' in python) {
    log(`The HTTP API was NOT fuzzed: ${python.problem}.`);
    process.exitCode = options.required ? 1 : 0;
  } else {
    log('fuzz:http: installing what test/fuzz/http/requirements.txt names, unless it is there');
    await installRequirements(python.command, requirements, venv);
    process.exitCode = (await fuzzServices(options)) ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function fuzzServices(options: ReturnType<typeof readHttpFuzzOptions>): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'scoreline-fuzz-'));
  const services = await startServices(home, log);
  try {
    let isGood = true;
    for (const { name, url } of services.targets) {
      log(`\n## ${name}\n`);
      isGood = (await fuzzByOpenApi(join(venv, 'bin/python'), url, options)) && isGood;
      // A process that ended has broken a promise that no single answer shows.
      isGood = (await isAlive(url)) && isGood;
    }
    return isGood;
  } finally {
    await services.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function isAlive(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/live`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (answer?.ok === true) return true;
  log(`${url} no longer answers`);
  return false;
}
