import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { identifyProcess } from './process-identity.ts';

/**
 * Runs `work` while this process alone, of all on this machine, holds `lockFile`. A lock whose holder has died
 * is taken over. Throws when it is still held after `deadlineMs`.
 */
export async function withLock<T>(lockFile: string, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  while (!tryLock(lockFile)) {
    if (Date.now() > deadline)
      throw new Error(
        `${lockFile} is still held by process ${readHolder(lockFile)}: end it, or remove the file`,
      );
    await delay(100);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, identifyProcess(process.pid) ?? String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = readHolder(lockFile);
  const pid = Number(holder.split('@')[0]);
  if (holder !== '' && identifyProcess(pid) !== holder) rmSync(lockFile, { force: true });
  return false;
}

function readHolder(lockFile: string): string {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return '';
  }
}
