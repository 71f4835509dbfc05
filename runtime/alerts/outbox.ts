import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '../clickhouse/database.ts';

/**
 * Puts a change that no window decided where decisions wait to be published: whoever closes windows takes it from
 * there to the topic, to `alerts` and to the sinks. A second one of the same model, version, window size and
 * `window_start` would take its place.
 */
export async function putIntoOutbox(database: Pick<Database, 'insert'>, change: ScoringAlert): Promise<void> {
  const decision = {
    model: change.model,
    model_version: change.model_version,
    role: 'production',
    window_size: change.window_size,
    clock: 'wall',
    window_start: change.window_start,
    window_end: change.window_end,
    revision: 0,
    state: '[]',
    changes: JSON.stringify([change]),
    published: 0,
  };
  await database.insert('alert_decisions', [decision]);
}
