import {
  keepsMsOf,
  keptUntil,
  LEAD_TOPICS,
  type TopicRetention,
} from '@scoreline/core/erasure/kept-until.ts';
import type { Database } from '../clickhouse/database.ts';
import type { TopicAdmin } from '../kafka/admin.ts';
import { type Erased, eraseRows } from './erase-rows.ts';
import type { LeadHasher } from './lead-hash.ts';
import { findOtherKey, findSuppressions, saveSuppression, type Suppression } from './suppression-store.ts';

export interface ForgetDeps {
  readonly database: Database;
  readonly topics: Pick<TopicAdmin, 'describeTopics'>;
  readonly topicPrefix: string;
  readonly hasher: LeadHasher;
  readonly nowMs: () => number;
  readonly newErasureId: () => string;
}

/** Leads are kept away under another key: an entry under this one would stop drift, whichever of the two it has. */
export class OtherErasureKey extends Error {}

/** What was taken, and what can't be. */
export interface Forgotten extends Erased {
  readonly entry: Suppression;
  readonly retentions: readonly TopicRetention[];
  /** Whether an earlier run had been cut short. */
  readonly isResumed: boolean;
}

/**
 * Forgets a lead. Drift stops where it can't recognize an entry that stands, so all must be under keys that are known
 * here. Throws OtherErasureKey, with nothing done, where one isn't: also where that is being forgotten at this moment.
 * 1. asks the brokers how long its records stay: until then it is to be kept away;
 * 2. writes the entry, before anything is deleted: from now on drift leaves the lead's records unread;
 * 3. erases its rows, waits until they are gone and counts again;
 * 4. writes that it is done.
 * A crash anywhere leaves an entry that is `erasing`; to run it again goes on. To forget somebody who was forgotten
 * already takes what has come since, and keeps them away for longer.
 */
export async function forgetLead(deps: ForgetDeps, leadId: string, reason: string): Promise<Forgotten> {
  const { database, hasher, nowMs } = deps;
  await requireKeyOfOthers(deps);
  const retentions = await readRetentions(deps);
  const leadHash = hasher.hash(leadId);
  const known = await findSuppressions(database, hasher.hashes(leadId));
  const own = known.find((entry) => entry.leadHash === leadHash);
  const before = own ?? known[0];
  const cutShort = known.find(({ state }) => state === 'erasing');
  const entry: Suppression = {
    leadHash,
    keyId: hasher.keyId,
    erasureId: cutShort?.erasureId ?? deps.newErasureId(),
    state: 'erasing',
    reason: reason === '' ? (before?.reason ?? '') : reason,
    requestedAtMs: before?.requestedAtMs ?? nowMs(),
    untilMs: keptUntil(nowMs(), retentions),
  };
  await saveSuppression(database, entry);
  await requireKeyOfOthers(deps).catch(async (error: unknown) => {
    // Somebody with another key began at the same moment: both step back.
    const withdrawn = own ?? ({ ...entry, state: 'erased', untilMs: nowMs() } as const);
    if (error instanceof OtherErasureKey) await saveSuppression(database, withdrawn);
    throw error;
  });
  const erased = await eraseRows(database, entry.erasureId, [leadId]);
  const done = { ...entry, state: 'erased' } as const;
  await saveSuppression(database, done);
  for (const other of known) {
    if (other.leadHash !== leadHash) await saveSuppression(database, { ...other, state: 'erased' });
  }
  return { ...erased, entry: done, retentions, isResumed: cutShort !== undefined };
}

async function requireKeyOfOthers({ database, hasher, nowMs }: ForgetDeps): Promise<void> {
  const other = await findOtherKey(database, hasher.keyIds, nowMs());
  if (other === undefined) return;
  throw new OtherErasureKey(
    `ERASURE_KEY is another key than the one that leads were forgotten under, and nothing was begun: run it with the key that every drift instance has; to take a new one, give drift and this command the old one in ERASURE_KEYS_BEFORE until its last entry goes (${other.leads} leads, until ${new Date(other.untilMs).toISOString()})`,
  );
}

/** Topics that aren't there hold nobody. */
async function readRetentions({ topics, topicPrefix }: ForgetDeps): Promise<readonly TopicRetention[]> {
  const described = await topics.describeTopics(LEAD_TOPICS.map((topic) => topicPrefix + topic));
  return LEAD_TOPICS.flatMap((topic) => {
    const found = described.get(topicPrefix + topic);
    return found === undefined ? [] : [{ topic, keepsMs: keepsMsOf(found.configs) }];
  });
}
