import { createHash, createHmac } from 'node:crypto';

/** Names leads without saying who they are. */
export interface LeadHasher {
  /** Which key names are given under; says nothing of the key. */
  readonly keyId: string;
  /** All keys under which names are recognized: that one, and those before it. */
  readonly keyIds: ReadonlySet<string>;
  /** HMAC-SHA256 of a lead's id, hex. */
  hash(leadId: string): string;
  /** The same under each of the keys, the present one first. */
  hashes(leadId: string): readonly string[];
}

const KEY_ID_LENGTH = 16;

/**
 * A hasher under the installation's key, which knows again whoever was named under an earlier one; whoever hasn't a key
 * can't tell whether a hash is of an id that they know.
 */
export function createLeadHasher(key: string, before: readonly string[] = []): LeadHasher {
  const keys = [key, ...before];
  const hashUnder = (own: string, leadId: string): string =>
    createHmac('sha256', own).update(leadId).digest('hex');
  return {
    keyId: idOf(key),
    keyIds: new Set(keys.map(idOf)),
    hash: (leadId) => hashUnder(key, leadId),
    hashes: (leadId) => keys.map((own) => hashUnder(own, leadId)),
  };
}

function idOf(key: string): string {
  return createHash('sha256').update(`scoreline erasure key ${key}`).digest('hex').slice(0, KEY_ID_LENGTH);
}
