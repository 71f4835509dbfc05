import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { withLock } from './lock.ts';
import { identifyProcess } from './process-identity.ts';

let folder: string;
let lockFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-lock-'));
  lockFile = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('one at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(lockFile, 5000, work)));
  expect(most).toBe(1);
  expect(existsSync(lockFile)).toBe(false);
});

test('the lock of a dead process, or of one whose pid was given again, is taken over', async () => {
  for (const holder of ['999999999@1', `${process.pid}@1`]) {
    writeFileSync(lockFile, holder);
    expect(await withLock(lockFile, 5000, () => Promise.resolve('in'))).toBe('in');
  }
});

test('the lock of a living process is waited for, and no longer than said', async () => {
  writeFileSync(lockFile, identifyProcess(process.pid) ?? '');
  await expect(withLock(lockFile, 50, () => Promise.resolve())).rejects.toThrow(
    `is still held by process ${process.pid}@`,
  );
});

test('a process is told from another with its pid', () => {
  expect(identifyProcess(process.pid)).toMatch(/^\d+@\d+$/);
  expect(identifyProcess(999_999_999)).toBeUndefined();
});
