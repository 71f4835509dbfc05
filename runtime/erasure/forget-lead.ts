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
import { findOtherKey, findSuppression, saveSuppression, type Suppression } from './suppression-store.ts';

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
 * Forgets a lead, under the key of the entries that stand: drift has one key, and stops where it can't recognize one of
 * them. Throws OtherErasureKey, with nothing done, where theirs is another.
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
  const before = await findSuppression(database, leadHash);
  const isResumed = before?.state === 'erasing';
  const entry: Suppression = {
    leadHash,
    keyId: hasher.keyId,
    erasureId: isResumed ? before.erasureId : deps.newErasureId(),
    state: 'erasing',
    reason: reason === '' ? (before?.reason ?? '') : reason,
    requestedAtMs: before?.requestedAtMs ?? nowMs(),
    untilMs: keptUntil(nowMs(), retentions),
  };
  await saveSuppression(database, entry);
  const erased = await eraseRows(database, entry.erasureId, [leadId]);
  const done = { ...entry, state: 'erased' } as const;
  await saveSuppression(database, done);
  return { ...erased, entry: done, retentions, isResumed };
}

async function requireKeyOfOthers({ database, hasher, nowMs }: ForgetDeps): Promise<void> {
  const other = await findOtherKey(database, hasher.keyId, nowMs());
  if (other === undefined) return;
  throw new OtherErasureKey(
    `ERASURE_KEY is another key than the one that leads were forgotten under, and nothing was begun: run it with the key that every drift instance has; a new key can be taken when the last entry of the old one goes (${other.leads} leads, until ${new Date(other.untilMs).toISOString()})`,
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
