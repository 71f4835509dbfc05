import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { identifyProcess } from './process-identity.ts';
import type { PartName } from './ports.ts';

/** Who runs the stack of a home, and what it started; identities are `pid@start`, so a reused pid is never ours. */
export interface StackState {
  readonly owner: string;
  readonly parts: Partial<Record<PartName, { readonly identity: string; readonly port: number }>>;
}

/** What `stack.json` says, or undefined where there is none. */
export function readState(stateFile: string): StackState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as StackState;
  } catch {
    return undefined;
  }
}

export function writeState(stateFile: string, parts: StackState['parts']): void {
  const state: StackState = { owner: identifyProcess(process.pid) ?? `${process.pid}@`, parts };
  writeFileSync(stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * Takes a home for this process. Throws when a living process has it. Parts that a dead owner left behind (they
 * end by themselves, within 15 s) are waited for, then killed.
 */
export async function claimHome(stateFile: string): Promise<void> {
  const state = readState(stateFile);
  if (state !== undefined && isAlive(state.owner)) {
    throw new Error(
      `a stack already runs here (process ${pidOf(state.owner)}, ${stateFile}): end it with \`npm run stack -- down\`, ` +
        `or give this one a folder of its own with SCORELINE_HOME`,
    );
  }
  if (state !== undefined) await endLeftovers(state);
  writeState(stateFile, {});
}

export function releaseHome(stateFile: string): void {
  rmSync(stateFile, { force: true });
}

/** Waits until the parts of a stack whose owner is gone have ended; kills what is left after 20 s. */
export async function endLeftovers({ parts }: StackState): Promise<void> {
  const identities = Object.values(parts).map(({ identity }) => identity);
  if (await waitUntilGone(identities, 20_000)) return;
  for (const identity of identities.filter(isAlive)) process.kill(pidOf(identity), 'SIGKILL');
  await waitUntilGone(identities, 5000);
}

/** Whether all have ended within the time. */
export async function waitUntilGone(identities: readonly string[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (identities.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await delay(100);
  }
  return true;
}

/** Whether the very process that an identity names still runs. */
export function isAlive(identity: string): boolean {
  return identifyProcess(pidOf(identity)) === identity;
}

export function pidOf(identity: string): number {
  return Number(identity.split('@')[0]);
}
