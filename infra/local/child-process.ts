import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

const keeper = fileURLToPath(new URL('keeper.sh', import.meta.url));

/** A program to run as a part of the stack; its output is appended to `logFile`. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly logFile: string;
}

/** A running part. `exited` resolves to words that say how it ended, however it ended; it never rejects. */
export interface ChildProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<string>;
  /** Asks it to end, and kills it if it hasn't within `graceMs` (15 s); resolves once it is gone. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a program under `keeper.sh`, which ends it when this process ends, even by kill -9. It gets a process
 * group of its own, so that Ctrl-C in a terminal reaches us alone and parts are stopped in order.
 */
export async function startChildProcess(command: Command): Promise<ChildProcess> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  const child = spawn('sh', [keeper, command.logFile, command.program, ...command.args], {
    detached: true,
    env: { ...COMPILE_CACHE, ...(command.env ?? process.env) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Closing the pipe of a keeper that has just gone is no error.
  child.stdin.on('error', () => {});
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const exited = ended.then(([code, signal]) => {
    child.stdin.destroy();
    return describeEnd(code, signal);
  });
  const firstLine = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const pid = Number(await Promise.race([firstLine.then(([line]) => line), exited]));
  if (!Number.isInteger(pid)) throw new Error(`${command.program} could not be started: ${await exited}`);

  const stop = async (graceMs = 15_000): Promise<void> => {
    child.stdin.end();
    const gone = await Promise.race([exited.then(() => true), delay(graceMs, false, { ref: false })]);
    if (!gone && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await exited;
  };
  return { pid, logFile: command.logFile, exited, stop };
}

/** The last lines of a log file, indented, for error messages; says so where there is nothing to show. */
export function readLogTail(logFile: string, lineCount = 15): string {
  let text = '';
  try {
    text = readFileSync(logFile, 'utf8').trimEnd();
  } catch {
    // The program ended before it wrote anything.
  }
  if (text === '') return `  (${logFile} is empty)`;
  const lines = text.split('\n').slice(-lineCount);
  return [`  last lines of ${logFile}:`, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** The shell reports a program that died from a signal as 128 + the signal's number. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `ended by ${signal}`;
  if (code !== null && code > 128) return `ended by signal ${code - 128}`;
  return `ended with status ${code ?? 'unknown'}`;
}
