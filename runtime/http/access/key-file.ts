import { z } from 'zod';
import { type Scope, SCOPES } from './scopes.ts';

/** One line of a key file: the hash of a key, who holds it, and what it opens. */
export interface KeyEntry {
  /** Of its holder; two keys may have one name, so that the next is in place before the last one ends. */
  readonly name: string;
  /** SHA-256 of the key's text: 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
  /** From then on it opens nothing; undefined: it has no end. */
  readonly expiresAtMs: number | undefined;
}

export type ParsedKeys =
  | { readonly ok: true; readonly keys: readonly KeyEntry[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Each request is compared with every key. */
const MOST_KEYS = 1_000;

/** What the holder of a key may be called: it goes into records of decisions. */
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/;

const lineSchema = z.strictObject({
  name: z.string().regex(KEY_NAME, 'letters, digits and . _ @ -, 100 at most'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of a key, 64 hexadecimal digits'),
  scopes: z.array(z.enum(SCOPES)).min(1, 'one scope at least'),
  created_at: z.iso.datetime('an ISO 8601 time in UTC').optional(),
  expires_at: z.iso.datetime('an ISO 8601 time in UTC').optional(),
});

/** A line as it stands in the file. */
export type KeyLine = z.input<typeof lineSchema>;

/**
 * Reads a key file: a JSON object a line, empty lines and those that begin with `#` aside. Each problem names its line
 * and never what stands in it, which may be a key in the wrong place.
 */
export function parseKeyFile(text: string): ParsedKeys {
  const problems: string[] = [];
  const keys = new Map<string, KeyEntry>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const { entry, problem } = parseLine(line);
    if (entry === undefined) problems.push(`line ${index + 1}: ${problem}`);
    else if (keys.has(entry.sha256)) problems.push(`line ${index + 1}: its key has a line already`);
    else keys.set(entry.sha256, toEntry(entry));
  }
  if (keys.size > MOST_KEYS) problems.push(`${keys.size} keys, where ${MOST_KEYS} are the most`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, keys: [...keys.values()] };
}

function parseLine(line: string): { readonly entry?: KeyLine; readonly problem?: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'no JSON object; scoreline keys new prints one' };
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return { entry: parsed.data };
  return { problem: parsed.error.issues.map(describeIssue).join('; ') };
}

/** An unknown field's name may be a key in the wrong place: it is not told. */
function describeIssue({ code, path, message }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys')
    return 'a field that is none of name, sha256, scopes, created_at, expires_at';
  if (code === 'invalid_value') return `scopes: each one of ${SCOPES.join(', ')}`;
  return path.length === 0 ? 'no JSON object' : `${String(path[0])}: ${message}`;
}

function toEntry({ name, sha256, scopes, expires_at: expiresAt }: KeyLine): KeyEntry {
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    scopes: new Set(scopes),
    expiresAtMs: expiresAt === undefined ? undefined : Date.parse(expiresAt),
  };
}
