import type { Database } from '../clickhouse/database.ts';

/** A lead that asked to be forgotten, by its hash. Times are epoch milliseconds. */
export interface Suppression {
  readonly leadHash: string;
  readonly keyId: string;
  readonly erasureId: string;
  /** `erasing`: a run is under way, or was cut short. */
  readonly state: 'erasing' | 'erased';
  readonly reason: string;
  readonly requestedAtMs: number;
  readonly untilMs: number;
}

/** An entry as it stands. */
export interface StoredSuppression extends Suppression {
  /** When its state was written last: of one that is `erasing`, when the run began that is under way or was cut short. */
  readonly changedAtMs: number;
}

/** Each reader holds all of them in memory. */
const MOST_SUPPRESSIONS = 200_000;

const COLUMNS = `lead_hash AS leadHash, key_id AS keyId, erasure_id AS erasureId, state, reason,
  toUnixTimestamp64Milli(requested_at) AS requestedAtMs, toUnixTimestamp64Milli(until) AS untilMs,
  toUnixTimestamp64Milli(changed_at) AS changedAtMs`;

/** The leads to keep away now; throws where they are too many to be held, as one that is overlooked comes back. */
export async function readSuppressions(database: Database, nowMs: number): Promise<StoredSuppression[]> {
  const entries = await database.query<StoredSuppression>(
    `SELECT ${COLUMNS} FROM suppressed_leads FINAL
    WHERE until > fromUnixTimestamp64Milli({now:Int64}) LIMIT ${MOST_SUPPRESSIONS + 1}`,
    { now: nowMs },
  );
  if (entries.length <= MOST_SUPPRESSIONS) return entries;
  throw new Error(
    `more than ${MOST_SUPPRESSIONS} leads are to be kept away: shorten the retention of the topics that hold leads`,
  );
}

/** Entries that stand under another key than the one asked with. */
export interface OtherKey {
  readonly leads: number;
  /** When the last of them goes; epoch milliseconds. */
  readonly untilMs: number;
}

/** The entries that whoever has these keys can't recognize; undefined: there is none. */
export async function findOtherKey(
  database: Database,
  keyIds: ReadonlySet<string>,
  nowMs: number,
): Promise<OtherKey | undefined> {
  const [found] = await database.query<OtherKey>(
    `SELECT count() AS leads, toUnixTimestamp64Milli(max(until)) AS untilMs FROM suppressed_leads FINAL
    WHERE until > fromUnixTimestamp64Milli({now:Int64}) AND key_id NOT IN {keys:Array(String)}`,
    { now: nowMs, keys: [...keyIds] },
  );
  return found !== undefined && found.leads > 0 ? found : undefined;
}

/** The entries of one lead, one a key, expired or not; none: it was never forgotten. */
export function findSuppressions(
  database: Database,
  leadHashes: readonly string[],
): Promise<readonly Suppression[]> {
  return database.query<Suppression>(
    `SELECT ${COLUMNS} FROM suppressed_leads FINAL WHERE lead_hash IN {hashes:Array(String)}`,
    { hashes: leadHashes },
  );
}

/** Writes an entry as it is now; the newest state stands. */
export function saveSuppression(database: Database, entry: Suppression): Promise<void> {
  const row = {
    lead_hash: entry.leadHash,
    key_id: entry.keyId,
    erasure_id: entry.erasureId,
    state: entry.state,
    reason: entry.reason,
    requested_at: entry.requestedAtMs,
    until: entry.untilMs,
  };
  return database.insert('suppressed_leads', [row]);
}
