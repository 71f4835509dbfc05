import { hash, randomBytes } from 'node:crypto';
import type { KeyLine } from './key-file.ts';
import type { Scope } from './scopes.ts';

/** Scanners for secrets that were left in the open find keys by it. */
const PREFIX = 'scoreline_';
/** Nobody guesses 256 bits, so that a fast hash keeps the key as well as a slow one would. */
const KEY_BYTES = 32;

/** The longest text that is looked at as a key. */
export const MOST_KEY_LENGTH = 200;

/** Makes a key, to be shown to its holder once, and the line that lets it in. */
export function createKey(
  { name, scopes }: { readonly name: string; readonly scopes: readonly Scope[] },
  { nowMs, expiresAtMs }: { readonly nowMs: number; readonly expiresAtMs: number | undefined },
): { readonly key: string; readonly line: KeyLine } {
  const key = `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  const line = {
    name,
    sha256: digestKey(key).toString('hex'),
    scopes: [...scopes],
    created_at: new Date(nowMs).toISOString(),
    ...(expiresAtMs === undefined ? {} : { expires_at: new Date(expiresAtMs).toISOString() }),
  };
  return { key, line };
}

/** SHA-256 of a key's text: 32 bytes. */
export function digestKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
