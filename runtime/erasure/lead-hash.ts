import { createHash, createHmac } from 'node:crypto';

/** Names leads without saying who they are. */
export interface LeadHasher {
  /** Which key it is; says nothing of the key. */
  readonly keyId: string;
  /** HMAC-SHA256 of a lead's id, hex. */
  hash(leadId: string): string;
}

const KEY_ID_LENGTH = 16;

/** A hasher under the installation's key; whoever hasn't the key can't tell whether a hash is of an id that they know. */
export function createLeadHasher(key: string): LeadHasher {
  return {
    keyId: createHash('sha256').update(`scoreline erasure key ${key}`).digest('hex').slice(0, KEY_ID_LENGTH),
    hash: (leadId) => createHmac('sha256', key).update(leadId).digest('hex'),
  };
}
