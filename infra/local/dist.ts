import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { withLock } from './lock.ts';

const DOWNLOAD_DEADLINE_MS = 15 * 60_000;
const PROGRESS_EVERY_MS = 10_000;

/** The folder with what the stack's POM of `maven/<name>/` asks for. */
export function provideDist(
  name: 'kafka' | 'registry',
  distRoot: string,
  log: (line: string) => void,
): Promise<string> {
  const pom = fileURLToPath(new URL(`maven/${name}/pom.xml`, import.meta.url));
  return provideDistOf({ name, pom }, distRoot, log);
}

/**
 * The folder with what a POM asks for, fetched with Maven the first time and kept under a name that holds the POM's
 * hash. Safe when several stacks start at once: one fetches, the others wait.
 */
export async function provideDistOf(
  { name, pom }: { readonly name: string; readonly pom: string },
  distRoot: string,
  log: (line: string) => void,
): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const target = join(distRoot, `${name}-${hash}`);
  if (existsSync(target)) return target;
  mkdirSync(distRoot, { recursive: true });
  await withLock(`${target}.lock`, DOWNLOAD_DEADLINE_MS, async () => {
    if (existsSync(target)) return;
    const unfinished = `${target}.${process.pid}.part`;
    try {
      await runMaven(name, pom, unfinished, log);
      // The name appears only when all is there: a fetch that was cut off is never taken for a whole one.
      renameSync(unfinished, target);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  });
  return target;
}

async function runMaven(name: string, pom: string, dist: string, log: (line: string) => void): Promise<void> {
  const startedAt = Date.now();
  const seconds = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  log(`${name} … fetching with Maven (once)`);
  const progress = setInterval(() => log(`${name} … still fetching (${seconds()})`), PROGRESS_EVERY_MS);
  try {
    const args = ['-q', '-B', '-U', '-f', pom, 'package', `-Ddist=${dist}`];
    const outcome = await Promise.race([
      runQuietly('mvn', args, DOWNLOAD_DEADLINE_MS),
      delay(DOWNLOAD_DEADLINE_MS + 1000, 'took too long', { ref: false }),
    ]);
    if (outcome !== '') throw new Error(`${name} could not be fetched: ${outcome}`);
    log(`${name} … fetched (${seconds()})`);
  } finally {
    clearInterval(progress);
  }
}

/** Runs a program to its end; '' when it went well, else why not and the end of what it printed. */
function runQuietly(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error: NodeJS.ErrnoException) => resolve(describeMissing(program, error)));
    child.once('close', (code, signal) => {
      resolve(code === 0 ? '' : `${program} ended with ${signal ?? `status ${code}`}\n${output.trim()}`);
    });
  });
}

function describeMissing(program: string, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') return error.message;
  return (
    `Maven (${program}) is not on PATH: install it (Debian: apt-get install maven; macOS: brew install maven); ` +
    `it is needed only the first time, to fetch Kafka and the registry from Maven Central`
  );
}
