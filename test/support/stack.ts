import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startStack, type StackEnv } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the stack that the run has started; give it to what is tested as its environment. */
    stackEnv: StackEnv;
  }
}

/**
 * Vitest's global setup: one stack for the whole run, on free ports and with data of its own, set up as
 * `npm run setup` does it. What KAFKA_BROKERS, SCHEMA_REGISTRY_URL and CLICKHOUSE_URL name isn't started.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  const home = mkdtempSync(join(tmpdir(), 'scoreline-test-'));
  const stack = await startStack({ home, ports: 'free', keepData: false, log });
  void stack.failed.then((error) => log(`the test stack has failed: ${error.message}`));
  try {
    await setUp({ env: stack.env, log: () => {} });
  } catch (error) {
    await stack.stop();
    throw error;
  }
  project.provide('stackEnv', stack.env);
  return () => stack.stop();
}
