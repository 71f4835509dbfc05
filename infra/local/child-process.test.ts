import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readLogTail, startChildProcess } from './child-process.ts';
import { identifyProcess } from './process-identity.ts';

let folder: string;
let logFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-child-'));
  logFile = join(folder, 'logs', 'part.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (script: string): ReturnType<typeof startChildProcess> =>
  startChildProcess({ program: 'sh', args: ['-c', script], logFile });

test('its output goes to the log, its end is told', async () => {
  const child = await run('echo out; echo err >&2; exit 3');
  expect(await child.exited).toBe('ended with status 3');
  expect(readFileSync(logFile, 'utf8')).toBe('out\nerr\n');
});

test('stop asks first', async () => {
  const child = await run('trap "echo asked; exit 0" TERM; echo up; while :; do sleep 0.05; done');
  await expect.poll(() => readFileSync(logFile, 'utf8')).toContain('up');
  await child.stop();
  expect(await child.exited).toBe('ended with status 0');
  expect(readFileSync(logFile, 'utf8')).toContain('asked');
  expect(identifyProcess(child.pid)).toBeUndefined();
});

test('stop kills what does not listen', async () => {
  const child = await run('trap "" TERM; echo up; while :; do sleep 0.05; done');
  await expect.poll(() => readFileSync(logFile, 'utf8')).toContain('up');
  await child.stop(200);
  expect(await child.exited).toBe('ended by SIGKILL');
  await expect.poll(() => identifyProcess(child.pid)).toBeUndefined();
});

test('it ends when its parent is killed', async () => {
  const module = fileURLToPath(new URL('child-process.ts', import.meta.url));
  const parentScript = join(folder, 'parent.mjs');
  writeFileSync(
    parentScript,
    `import { startChildProcess } from ${JSON.stringify(module)};
     const child = await startChildProcess({ program: 'sleep', args: ['60'], logFile: ${JSON.stringify(logFile)} });
     console.log(child.pid);`,
  );
  const parent = spawn(process.execPath, [parentScript], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(identifyProcess(pid)).toBeDefined();
  parent.kill('SIGKILL');
  await expect.poll(() => identifyProcess(pid), { timeout: 5000 }).toBeUndefined();
});

test('a program that is not there says so in its log', async () => {
  const child = await startChildProcess({ program: join(folder, 'none'), args: [], logFile });
  expect(await child.exited).toBe('ended with status 127');
  expect(readLogTail(logFile)).toMatch(/none.*not found/);
});
