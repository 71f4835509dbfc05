import { clickHouseEnv, streamEnv, toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';
import { CommandFailed } from '../registry/with-started.ts';

const schema = z.object({ ...streamEnv, ...clickHouseEnv });

/** Where alerts are: the same variables as the services'. */
export type AlertsConfig = z.output<typeof schema>;

/** An alert's SQL may read a quarter's rows. */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Does `work` with the database and the stream that the environment names. Throws CommandFailed, with what a person can
 * act on, where the configuration is wrong or something doesn't answer.
 */
export async function withAlerts<T>(
  work: (database: Database, config: AlertsConfig) => Promise<T>,
): Promise<T> {
  const result = readEnv(schema, process.env);
  if (!result.ok)
    throw new CommandFailed(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const database = createDatabase(toClickHouseSettings(result.config, REQUEST_TIMEOUT_MS));
  try {
    return await work(database, result.config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`the alerts can't be asked for: ${reason}`, { cause: error });
  } finally {
    await database.close();
  }
}
