import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { eraseRows, LONGEST_WAIT_MS } from '@scoreline/runtime/erasure/erase-rows.ts';
import type { LeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import {
  readSuppressions,
  saveSuppression,
  type StoredSuppression,
} from '@scoreline/runtime/erasure/suppression-store.ts';

export interface SweepEvents {
  /** Rows of forgotten leads that a batch brought in while they were being erased. */
  rowsSwept(rows: number): void;
  /** Runs of `scoreline forget` that were cut short and that no sweep has gone on with. The owner counts; others have none. */
  erasuresUnfinished(count: number): void;
}

export interface SweepDeps {
  readonly database: Database;
  readonly hasher: LeadHasher | undefined;
  readonly isOwner: () => boolean;
  readonly events: SweepEvents;
  readonly nowMs: () => number;
  readonly newErasureId: () => string;
}

/** A batch that began to be written before an entry was there is in, or was given back, after this long. */
const OVERLAP_MS = 120_000;
/** Where the owner has changed or begins: what another instance has not swept any more. */
const FIRST_LOOK_BACK_MS = 600_000;
/** Ids that are read, and hashed, before others get a turn. */
const IDS_AT_ONCE = 10_000;
/** Turns that failed are gone on with one by one, so there is but one as a rule. */
const BEGUN_AT_ONCE = 10;
/** A run of the command that has not ended by now won't. */
const CUT_SHORT_AFTER_MS = LONGEST_WAIT_MS + 5 * 60_000;

/**
 * One turn of the sweep: whatever slipped in of leads that are to be kept away goes. Two ways lead there: a batch that
 * was being written while the lead was erased, and a process that stood still in between. Looks at what has come in
 * since the last turn, some overlap included; without entries it asks nothing else.
 */
export function createSweepTurn(deps: SweepDeps): () => Promise<'done'> {
  let sweptUntilMs: number | undefined;
  return async () => {
    if (!deps.isOwner()) {
      sweptUntilMs = undefined;
      deps.events.erasuresUnfinished(0);
      return 'done';
    }
    const startedAtMs = deps.nowMs();
    const entries = await readSuppressions(deps.database, startedAtMs);
    const { hasher } = deps;
    deps.events.erasuresUnfinished(entries.filter((entry) => isCutShort(entry, startedAtMs)).length);
    // Those that are being erased are the command's own.
    if (entries.length > 0) await finishBegun(deps, entries);
    const hashes = new Set(entries.filter(({ state }) => state === 'erased').map(({ leadHash }) => leadHash));
    if (hasher !== undefined && hashes.size > 0) {
      const sinceMs =
        sweptUntilMs === undefined ? startedAtMs - FIRST_LOOK_BACK_MS : sweptUntilMs - OVERLAP_MS;
      await sweep(deps, sinceMs, (leadId) => hasher.hashes(leadId).some((hash) => hashes.has(hash)));
    }
    sweptUntilMs = startedAtMs;
    return 'done';
  };
}

/** Judged by when this run began: the lead may have been forgotten long ago for the first time. */
function isCutShort({ state, changedAtMs }: StoredSuppression, nowMs: number): boolean {
  return state === 'erasing' && nowMs - changedAtMs > CUT_SHORT_AFTER_MS;
}

/**
 * Goes on with what a turn that failed has begun, here or in an instance that is gone, under the id that it had: its
 * rows have been counted as forgotten under that one. What the command has begun is its own for as long as it may
 * take; a run of it that was cut short is gone on with as well, if it had come to naming its lead.
 */
async function finishBegun(deps: SweepDeps, entries: readonly StoredSuppression[]): Promise<void> {
  const begun = await deps.database.query<{ id: string; leads: readonly string[] }>(
    `SELECT erasure_id AS id, groupUniqArray(lead_id) AS leads
    FROM erasing_leads
    WHERE erasure_id NOT IN
      (SELECT erasure_id FROM suppressed_leads FINAL WHERE state = 'erasing' AND changed_at > fromUnixTimestamp64Milli({cut:Int64}))
    GROUP BY id ORDER BY id LIMIT ${BEGUN_AT_ONCE}`,
    { cut: deps.nowMs() - CUT_SHORT_AFTER_MS },
  );
  for (const { id, leads } of begun) {
    await erase(deps, id, leads);
    const unfinished = entries.filter(({ erasureId, state }) => erasureId === id && state === 'erasing');
    for (const entry of unfinished) await saveSuppression(deps.database, { ...entry, state: 'erased' });
  }
}

async function erase(
  { database, events }: SweepDeps,
  erasureId: string,
  leads: readonly string[],
): Promise<void> {
  const { rows } = await eraseRows(database, erasureId, leads);
  events.rowsSwept([...rows.values()].reduce((sum, count) => sum + count, 0));
}

async function sweep(
  deps: SweepDeps,
  sinceMs: number,
  isSuppressed: (leadId: string) => boolean,
): Promise<void> {
  for (let after = '', isMore = true; isMore;) {
    const ids = await readRecentLeads(deps.database, sinceMs, after);
    const found = ids.filter(isSuppressed);
    if (found.length > 0) await erase(deps, deps.newErasureId(), found);
    after = ids.at(-1) ?? '';
    isMore = ids.length === IDS_AT_ONCE;
  }
}

async function readRecentLeads(
  database: Database,
  sinceMs: number,
  after: string,
): Promise<readonly string[]> {
  const recent = `ingested_at >= fromUnixTimestamp64Milli({since:Int64}) AND lead_id > {after:String}`;
  const rows = await database.query<{ lead: string }>(
    `SELECT DISTINCT lead_id AS lead
    FROM (SELECT lead_id FROM lead_scores WHERE ${recent} UNION ALL SELECT lead_id FROM lead_outcomes WHERE ${recent})
    ORDER BY lead LIMIT ${IDS_AT_ONCE}`,
    { since: Math.floor(sinceMs), after },
  );
  return rows.map(({ lead }) => lead);
}
