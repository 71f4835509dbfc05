import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { identifyProcess } from '@scoreline/infra/local/process-identity.ts';
import { startStack, type Stack } from '@scoreline/infra/local/stack.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

/** Stacks of our own beside the one that the whole run uses: on free ports, in a folder of their own. */
const main = fileURLToPath(new URL('../../infra/local/main.ts', import.meta.url));
const shared = inject('stackEnv');
const gone = { timeout: 30_000, interval: 100 };

let home: string;
let stack: Stack | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scoreline-stack-'));
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  rmSync(home, { recursive: true, force: true });
});

const isRunning = (pid: number): boolean => identifyProcess(pid) !== undefined;

test('schemas outlive a kill -9 of registry and broker', { timeout: 240_000 }, async () => {
  stack = await startStack({ home, ports: 'free', env: cleanEnv() });
  const registry = createRegistryClient({ url: stack.env.SCHEMA_REGISTRY_URL });
  const id = await registry.register('kept-value', '"string"');
  await stack.stopPart('registry', 'SIGKILL');
  await stack.stopPart('kafka', 'SIGKILL');
  await expect(registry.latest('kept-value')).rejects.toThrow('does not answer');
  await stack.startPart('kafka');
  await stack.startPart('registry');
  expect(await registry.latest('kept-value')).toEqual({ id, schema: '"string"' });
});

test('when a part dies, it is told and the rest is stopped', async () => {
  stack = await startStack({
    home,
    ports: 'free',
    env: cleanEnv({ SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL }),
  });
  const { kafka, clickhouse } = stack.pids;
  process.kill(kafka!, 'SIGKILL');
  expect((await stack.failed).message).toMatch(
    /^kafka \(process \d+\) ended by signal 9; its log: .*kafka\.log$/,
  );
  await stack.stop();
  expect([kafka!, clickhouse!].filter(isRunning)).toEqual([]);
});

test('nothing outlives a holder that is killed, and its home can be used again', async () => {
  const env = cleanEnv({ SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL });
  const holder = spawn(process.execPath, [main, 'up', '--free-ports', '--home', home], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(holder.stdout)) if (line === 'stack … ready') break;
  const state = JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as {
    parts: Record<string, { identity: string }>;
  };
  const pids = Object.values(state.parts).map(({ identity }) => Number(identity.split('@')[0]));
  expect(pids).toHaveLength(2);
  expect(pids.every(isRunning)).toBe(true);
  holder.kill('SIGKILL');
  await expect.poll(() => pids.filter(isRunning), gone).toEqual([]);
  stack = await startStack({ home, ports: 'free', env: { ...env, KAFKA_BROKERS: shared.KAFKA_BROKERS } });
  expect(Object.keys(stack.pids)).toEqual(['clickhouse']);
});

test('a signal ends it in order', async () => {
  const env = cleanEnv({
    KAFKA_BROKERS: shared.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL,
  });
  const holder = spawn(process.execPath, [main, 'up', '--free-ports', '--home', home], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const ended = once(holder, 'exit');
  for await (const line of createInterface(holder.stdout)) {
    lines.push(line);
    if (line === 'stack … ready') holder.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
  expect(lines.slice(-2)).toEqual(['stack … stopping', 'stack … stopped']);
  expect(existsSync(join(home, 'stack.json'))).toBe(false);
});

test('parts that the environment names are used and not started', async () => {
  const lines: string[] = [];
  stack = await startStack({ home, env: cleanEnv(shared), log: (line) => lines.push(line) });
  expect(stack.pids).toEqual({});
  expect(stack.env).toEqual(shared);
  expect(lines).toContain(`kafka … given: ${shared.KAFKA_BROKERS}`);
});

test('a second stack in the same home is refused, and the first lives on', async () => {
  const env = cleanEnv({
    KAFKA_BROKERS: shared.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL,
  });
  stack = await startStack({ home, ports: 'free', env });
  await expect(startStack({ home, ports: 'free', env })).rejects.toThrow('a stack already runs here');
  expect((await fetch(`${stack.env.CLICKHOUSE_URL}/ping`)).status).toBe(200);
});

test('a taken port is named before anything starts', async () => {
  const port = Number(new URL(shared.CLICKHOUSE_URL).port);
  const env = cleanEnv({
    KAFKA_BROKERS: shared.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL,
  });
  await expect(startStack({ home, ports: { clickhouse: port }, env })).rejects.toThrow(
    `port ${port} on 127.0.0.1, which clickhouse needs, can't be used`,
  );
});

test('rows in ClickHouse outlive a kill -9', async () => {
  const env = cleanEnv({
    KAFKA_BROKERS: shared.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: shared.SCHEMA_REGISTRY_URL,
  });
  stack = await startStack({ home, ports: 'free', env });
  const url = stack.env.CLICKHOUSE_URL;
  const post = async (body: string): Promise<string> => (await fetch(url, { method: 'POST', body })).text();
  await post('CREATE TABLE kept (x UInt32) ENGINE = MergeTree ORDER BY x');
  await post('INSERT INTO kept SELECT number FROM numbers(1000)');
  await stack.stopPart('clickhouse', 'SIGKILL');
  await stack.startPart('clickhouse');
  expect(await post('SELECT count() FROM kept')).toBe('1000\n');
});

/** This process's environment without a word about where the stack is, and `more`. */
function cleanEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !(name in shared));
  return { ...Object.fromEntries(rest), ...more };
}
