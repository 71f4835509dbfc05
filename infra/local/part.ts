import { setTimeout as delay } from 'node:timers/promises';

import { checkHealth } from './check-health.ts';
import { readLogTail, startChildProcess, type ChildProcess, type Command } from './child-process.ts';
import type { PartName } from './ports.ts';

/** A part of the stack, before it runs. */
export interface Part {
  readonly name: PartName;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly startDeadlineMs: number;
  /** Does what must be there before the first start (fetch, format) and says what to run. */
  prepare(): Promise<Command>;
}

/** A part that answered its health check. */
export type RunningPart = Part & Pick<ChildProcess, 'pid' | 'exited' | 'stop'> & { readonly logFile: string };

/**
 * Starts a part and waits until it is healthy, with a line for the log. Throws, with the end of its log, when it
 * dies or takes longer than its deadline (it is ended then).
 */
export async function startPart(part: Part, log: (line: string) => void): Promise<RunningPart> {
  const command = await part.prepare();
  const startedAt = Date.now();
  const child = await startChildProcess(command);
  const problem = await waitUntilHealthy(part, child);
  if (problem !== undefined) {
    await child.stop();
    throw new Error(`${part.name} ${problem}\n${readLogTail(command.logFile)}`);
  }
  log(`${part.name} … ready on 127.0.0.1:${part.port} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return { ...part, ...child, logFile: command.logFile };
}

/** Undefined once healthy, else why it isn't going to be. */
async function waitUntilHealthy(part: Part, child: ChildProcess): Promise<string | undefined> {
  const deadline = Date.now() + part.startDeadlineMs;
  let end: string | undefined;
  void child.exited.then((how) => (end = how));
  while (Date.now() < deadline) {
    if (end !== undefined) return `did not start: it ${end}`;
    if (await checkHealth(part.name, part.port)) return undefined;
    await delay(50);
  }
  return `did not answer on 127.0.0.1:${part.port} within ${part.startDeadlineMs / 1000} s`;
}
