import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readLogTail } from './child-process.ts';
import type { StackHome } from './home.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/**
 * Runs `up`, as we were called, in a process that stays when this one ends; its output goes to `stack.log`.
 * Returns 0 once that stack is healthy, 1 with the end of its log when it isn't going to be.
 */
export function startDetached(home: StackHome, log: (line: string) => void): Promise<number> {
  mkdirSync(home.logs, { recursive: true });
  const logFile = join(home.logs, 'stack.log');
  const output = openSync(logFile, 'a');
  const args = process.argv.slice(2).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, [main, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  return new Promise((resolve) => {
    child.on('message', (line: string) => {
      log(line);
      if (line !== READY_LINE) return;
      child.disconnect();
      child.unref();
      resolve(0);
    });
    child.once('exit', () => {
      log(`the stack did not start\n${readLogTail(logFile)}`);
      resolve(1);
    });
  });
}

/** The line that ends the start. */
export const READY_LINE = 'stack … ready';

/** Prints a line; a stack that was started detached also tells it to whoever waits for it to get ready. */
export function report(line: string): void {
  console.log(line);
  if (process.connected) process.send?.(line, () => {});
}
