import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** Where alerts go: resolves once they stand on the topic. */
export type PublishAlerts = (alerts: readonly ScoringAlert[]) => Promise<void>;

interface UnpublishedRow {
  readonly model: string;
  readonly model_version: string;
  readonly role: string;
  readonly window_size: string;
  readonly clock: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly revision: number;
  readonly state: string;
  readonly changes: string;
}

/**
 * Publishes what was decided and isn't on the topic yet, in the order of its windows:
 * 1. topic: again after a crash, the same record with the same key;
 * 2. `alerts` in ClickHouse: the same row replaces itself;
 * 3. the decisions are marked as published.
 */
export async function publishDecisions(
  database: Database,
  publish: PublishAlerts,
): Promise<readonly ScoringAlert[]> {
  const rows = await database.query<UnpublishedRow>(`
    SELECT model, model_version, role, window_size, clock, toUnixTimestamp64Milli(window_start) AS window_start,
      toUnixTimestamp64Milli(window_end) AS window_end, revision, state, changes
    FROM alert_decisions FINAL
    WHERE published = 0
    ORDER BY window_end, decided_at`);
  if (rows.length === 0) return [];
  const alerts = rows.flatMap(({ changes }) => JSON.parse(changes) as ScoringAlert[]);
  await publish(alerts);
  await database.insert('alerts_raw', alerts);
  await database.insert(
    'alert_decisions',
    rows.map((row) => ({ ...row, published: 1 })),
  );
  return alerts;
}
