import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import type { StackEnv } from '@scoreline/infra/local/stack.ts';
import { DockerComposeEnvironment, getContainerRuntimeClient, Wait } from 'testcontainers';

import { checkUsers } from './check-users.ts';

/**
 * `npm run test:containers`: the integration tests on the official images of `infra/compose.yaml`, and what only a
 * real server has (users, grants, quotas). Without a Docker engine nothing is tested, and that is what it says.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url));
const startTimeoutMs = 10 * 60_000;

const problem = await findEngineProblem();
if (problem === undefined) process.exitCode = await runOnContainers();
else process.stdout.write(`The container tests were NOT run: no Docker engine answers (${problem}).\n`);

async function findEngineProblem(): Promise<string | undefined> {
  try {
    await getContainerRuntimeClient();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runOnContainers(): Promise<number> {
  const ports = await findFreePorts(3);
  const [kafka = '', registry = '', clickhouse = ''] = ports.map(String);
  const environment = await new DockerComposeEnvironment(`${repository}infra`, 'compose.yaml')
    .withEnvironment({
      SCORELINE_KAFKA_PORT: kafka,
      SCORELINE_REGISTRY_PORT: registry,
      SCORELINE_CLICKHOUSE_PORT: clickhouse,
    })
    .withDefaultWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(startTimeoutMs)
    .up();
  try {
    const env: StackEnv = {
      KAFKA_BROKERS: `127.0.0.1:${kafka}`,
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry}/apis/ccompat/v7`,
      CLICKHOUSE_URL: `http://127.0.0.1:${clickhouse}`,
      CLICKHOUSE_DATABASE: 'scoreline',
    };
    await checkUsers(env.CLICKHOUSE_URL);
    return await runIntegrationTests(env);
  } finally {
    await environment.down({ removeVolumes: true });
  }
}

/** Those of the embedded stack itself have nothing to do here. */
async function runIntegrationTests(env: StackEnv): Promise<number> {
  const args = ['run', '--project', 'integration', '--exclude', 'test/integration/stack.test.ts'];
  const child = spawn('vitest', args, { cwd: repository, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
