import { fileURLToPath } from 'node:url';

import { migrate } from '../clickhouse/migrate.ts';
import { requireSetupConfig, type SetupConfig } from './config.ts';
import { createTopics } from './create-topics.ts';
import { registerSchemas } from './register-schemas.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';

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
  const config = requireSetupConfig(env);
  await Promise.all([setUpStreams(config, log), setUpTables(config, log)]);
}

async function setUpStreams(config: SetupConfig, log: (line: string) => void): Promise<void> {
  await createTopics(config, log);
  await registerSchemas(config, log);
}

async function setUpTables(config: SetupConfig, log: (line: string) => void): Promise<void> {
  const applied = await migrate({
    clickHouse: toClickHouseSettings(config),
    folder: migrations,
  });
  for (const name of applied) log(`table … ${config.CLICKHOUSE_DATABASE}: applied ${name}`);
}
