import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { openRetraining, type OpenRetraining } from '@scoreline/runtime/retraining/open-retraining.ts';
import { requireRegistryConfig } from '../registry/config.ts';
import { locateLogs } from '../registry/with-lifecycle.ts';
import { withStarted } from '../registry/with-started.ts';

/** A hint is worth no longer wait. */
const QUERY_TIMEOUT_MS = 10_000;

/** What a command about retraining works with. */
export interface RetrainingTools extends Pick<OpenRetraining, 'projection' | 'commands'> {
  /** May be away: what it knows is a hint. */
  readonly database: Pick<Database, 'query'>;
  readonly modelsDir: string;
}

/** Opens the requests that the environment names, does `work` with them, and lets go of them. */
export async function withRetraining<T>(work: (tools: RetrainingTools) => Promise<T>): Promise<T> {
  const config = requireRegistryConfig(process.env);
  const database = createDatabase(toClickHouseSettings(config, QUERY_TIMEOUT_MS));
  const requests = openRetraining({
    location: locateLogs(config),
    events: SILENT_PROJECTION,
    clientLog: () => {},
  });
  const { projection, commands } = requests;
  const both = {
    start: (onWaiting: (reason: string) => void) => requests.start(onWaiting),
    async close() {
      await Promise.all([requests.close(), database.close()]);
    },
  };
  return withStarted(both, 'the retraining requests', () =>
    work({ projection, commands, database, modelsDir: config.MODELS_DIR }),
  );
}
