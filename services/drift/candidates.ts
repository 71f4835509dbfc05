import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from './ingest/marks.ts';

/** The candidates that should have a score beside each of production's. */
export interface Candidates {
  /** A shadow score of this version has come by. */
  seen(version: VersionName): void;
  /** The configured one, and those that spoke within the last day. */
  expected(): readonly VersionName[];
}

const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** Starts from the configured candidate and from what ClickHouse has of the last day. */
export function createCandidates(
  configured: readonly VersionName[],
  known: readonly VersionName[],
  nowMs: () => number,
): Candidates {
  const lastSeenMs = new Map<string, { version: VersionName; atMs: number }>();
  const put = (version: VersionName, atMs: number): void =>
    void lastSeenMs.set(`${version.model}@${version.modelVersion}`, { version, atMs });
  for (const version of known) put(version, nowMs());
  for (const version of configured) put(version, Infinity);
  return {
    seen(version) {
      if (lastSeenMs.get(`${version.model}@${version.modelVersion}`)?.atMs !== Infinity)
        put(version, nowMs());
    },
    expected: () =>
      [...lastSeenMs.values()]
        .filter(({ atMs }) => nowMs() - atMs < FORGOTTEN_AFTER_MS)
        .map(({ version }) => version),
  };
}

/** Candidates with shadow scores that were read within the last day. */
export function loadRecentCandidates(database: Database): Promise<VersionName[]> {
  return database.query<VersionName>(`
    SELECT DISTINCT model, model_version AS modelVersion
    FROM lead_scores
    WHERE role = 'shadow' AND ingested_at > now64(3) - INTERVAL 1 DAY`);
}
