import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { until } from '../support/until.ts';

/** Whose scores. */
export interface StoredScope {
  /** `live`: production's and canaries', what subscribers read. */
  readonly role: 'live' | 'production' | 'shadow' | 'backtest';
  /** Undefined: all. */
  readonly version?: string;
}

const STORED_TIMEOUT_MS = 120_000;

/** Scores in ClickHouse, each lead event of a version once. */
export async function countStored(database: Database, { role, version = '' }: StoredScope): Promise<number> {
  const [row] = await database.query<{ scores: number }>(
    `SELECT uniqExact(source_partition, source_offset, model_version, run_id) AS scores FROM lead_scores
    WHERE has({roles:Array(String)}, toString(role)) AND ({version:String} = '' OR model_version = {version:String})`,
    { roles: role === 'live' ? ['production', 'canary'] : [role], version },
  );
  return row?.scores ?? 0;
}

/** Waits until drift has brought so many scores to ClickHouse. */
export async function untilStored(database: Database, scope: StoredScope, scores: number): Promise<void> {
  const what = `ClickHouse did not have ${scores} scores of ${scope.version ?? scope.role}`;
  await until(async () => (await countStored(database, scope)) >= scores, STORED_TIMEOUT_MS, what);
}

/** Waits until drift has brought so many outcomes to ClickHouse. */
export async function untilOutcomesStored(database: Database, outcomes: number): Promise<void> {
  const count = async (): Promise<number> => {
    const [row] = await database.query<{ outcomes: number }>(
      'SELECT uniqExact(lead_id, event_id) AS outcomes FROM lead_outcomes',
    );
    return row?.outcomes ?? 0;
  };
  const what = `ClickHouse did not have ${outcomes} outcomes`;
  await until(async () => (await count()) >= outcomes, STORED_TIMEOUT_MS, what);
}
