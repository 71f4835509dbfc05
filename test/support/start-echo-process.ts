import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';
import type { EchoTopics } from './echo.ts';

/** An echo consumer that runs elsewhere; what it prints are its facts. */
export interface EchoProcess {
  readonly facts: readonly string[];
  /** Waits, polling, until a fact that is printed from now on begins like this. */
  untilFact(start: string): Promise<void>;
  /** As a machine that hangs, and as one that comes back. */
  suspend(): void;
  resume(): void;
  kill(): void;
}

const PROGRAM = new URL('./echo-process.ts', import.meta.url).pathname;

/** Starts it and waits until it has joined its group. */
export async function startEchoProcess(brokers: string, topics: EchoTopics): Promise<EchoProcess> {
  const child = spawn(process.execPath, [PROGRAM, brokers, JSON.stringify(topics)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const facts: string[] = [];
  createInterface(child.stdout).on('line', (line) => facts.push(line));
  const untilFact = async (start: string): Promise<void> => {
    const from = facts.length;
    const isThere = (): boolean => facts.slice(from).some((fact) => fact.startsWith(start));
    await vi.waitUntil(isThere, { timeout: 30_000, interval: 5 });
  };
  await untilFact('joined');
  return {
    facts,
    untilFact,
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => void child.kill('SIGKILL'),
  };
}
