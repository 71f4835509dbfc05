import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** How long the oldest decision has waited that has changes and isn't on the topic yet; 0 where none waits. */
export async function readUnpublishedMs(database: Database, nowMs: number): Promise<number> {
  const [oldest] = await database.query<{ waiting: number; sinceMs: number }>(`
    SELECT count() AS waiting, toUnixTimestamp64Milli(min(decided_at)) AS sinceMs
    FROM alert_decisions FINAL
    WHERE published = 0`);
  return oldest === undefined || oldest.waiting === 0 ? 0 : Math.max(0, nowMs - oldest.sinceMs);
}
