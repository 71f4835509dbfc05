import { fileURLToPath } from 'node:url';

import { migrate } from '../clickhouse/migrate.ts';
import { readSetupConfig, type SetupConfig } from './config.ts';
import { createTopics } from './create-topics.ts';
import { registerSchemas } from './register-schemas.ts';

const migrations = fileURLToPath(new URL('../clickhouse/migrations', import.meta.url));

/**
 * Creates topics, schemas and tables, or brings them up to date; to run it again changes nothing. Throws with
 * every problem of the configuration at once, and with what a broker, the registry or ClickHouse refused.
 */
export async function setUp({
  env,
  log,
}: {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}): Promise<void> {
  const result = readSetupConfig(env);
  if (!result.ok) throw new Error(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const { config } = result;
  await Promise.all([setUpStreams(config, log), setUpTables(config, log)]);
}

async function setUpStreams(config: SetupConfig, log: (line: string) => void): Promise<void> {
  await createTopics(config, log);
  await registerSchemas(config, log);
}

async function setUpTables(config: SetupConfig, log: (line: string) => void): Promise<void> {
  const applied = await migrate({
    clickHouse: {
      url: config.CLICKHOUSE_URL,
      database: config.CLICKHOUSE_DATABASE,
      username: config.CLICKHOUSE_USER,
      password: config.CLICKHOUSE_PASSWORD,
    },
    folder: migrations,
  });
  for (const name of applied) log(`table … ${config.CLICKHOUSE_DATABASE}: applied ${name}`);
}
