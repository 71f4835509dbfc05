import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEnvironment } from '@scoreline/infra/demo/environment.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { writeState } from '@scoreline/infra/local/state-file.ts';
import { expect, inject, onTestFinished, test } from 'vitest';

test('a demo beside another one has a folder of its own while it lasts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scoreline-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = locateHome(join(folder, 'demo'), {});
  mkdirSync(dirname(home.stateFile), { recursive: true });
  // Taken by a process that lives: this one.
  writeState(home.stateFile, {});
  const env = { ...process.env, ...inject('stackEnv') };
  const environment = await startEnvironment({ name: 'demo', home, env }, () => {});
  const own = `${home.root}-${process.pid}`;
  expect(existsSync(own)).toBe(true);
  await environment.stack.stop();
  expect(existsSync(own)).toBe(false);
  expect(existsSync(home.stateFile)).toBe(true);
});
