import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { LeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import { readSuppressions, type Suppression } from '@scoreline/runtime/erasure/suppression-store.ts';

/** Whether a lead is to be kept away. */
export type IsSuppressed = (leadId: string) => boolean;

/** Leads are to be kept away, and this process can't tell which: it must not write any. */
export class ErasureKeyMissing extends Error {}

/**
 * Gives a test that is as new as the call: to be asked for before each write. Undefined: nobody is to be kept away.
 * Throws ErasureKeyMissing where entries were made under a key that this process hasn't.
 */
export function createSuppressedLeads(deps: {
  readonly database: Database;
  readonly hasher: LeadHasher | undefined;
  readonly nowMs: () => number;
}): () => Promise<IsSuppressed | undefined> {
  const { hasher } = deps;
  return async () => {
    const entries = await readSuppressions(deps.database, deps.nowMs());
    if (entries.length === 0) return undefined;
    if (hasher === undefined) throw new ErasureKeyMissing(describeMissing(entries.length));
    requireKey(entries, hasher);
    const hashes = new Set(entries.map(({ leadHash }) => leadHash));
    return (leadId) => hasher.hashes(leadId).some((hash) => hashes.has(hash));
  };
}

function describeMissing(leads: number): string {
  return `${leads} leads have been forgotten and must not come back: ERASURE_KEY must be the key that scoreline forget had`;
}

function requireKey(entries: readonly Suppression[], { keyIds }: LeadHasher): void {
  const others = entries.filter(({ keyId }) => !keyIds.has(keyId));
  if (others.length > 0)
    throw new ErasureKeyMissing(
      `ERASURE_KEY is another key: ${describeMissing(others.length)}, or ERASURE_KEYS_BEFORE must have it`,
    );
}
