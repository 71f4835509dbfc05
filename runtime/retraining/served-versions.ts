import type { Database } from '../clickhouse/database.ts';

/** A model and the version of it that is in production. */
export interface ServedVersion {
  readonly model: string;
  readonly modelVersion: string;
}

/** Of each model that has served in the last 30 days the version that served last. */
export function readServedVersions(database: Pick<Database, 'query'>): Promise<ServedVersion[]> {
  return database.query<ServedVersion>(
    `SELECT model, argMax(model_version, scored_at) AS modelVersion
    FROM lead_scores
    WHERE role = 'production' AND ingested_at >= now() - INTERVAL 30 DAY
    GROUP BY model
    ORDER BY model`,
  );
}
