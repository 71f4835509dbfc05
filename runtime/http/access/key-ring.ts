import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { readTextFile } from '../../config/secrets.ts';
import { type KeyEntry, type ParsedKeys, parseKeyFile } from './key-file.ts';
import { digestKey, MOST_KEY_LENGTH } from './new-key.ts';

/** The keys in force. */
export interface KeyRing {
  /** The key's entry; undefined: nobody holds it. Takes as long whichever key it is, and however much of it is right. */
  find(key: string): KeyEntry | undefined;
  close(): void;
}

/** What is told of a key file while the service runs. */
export interface KeyRingEvents {
  keysLoaded(count: number): void;
  /** The changed file can't be used: the keys before it stay in force. Told once for the same problems in a row. */
  keysUnusable(problems: readonly string[]): void;
}

const LOOK_EVERY_MS = 1_000;

/** Reads a key file at once; one that can't be read is a problem, too. */
export function readKeyFile(path: string): ParsedKeys {
  const text = readTextFile(path);
  return text.ok ? parseKeyFile(text.value) : { ok: false, problems: [text.problem] };
}

/**
 * The keys of a file, which is looked at once a second (or every `lookEveryMs`): a key is added, replaced or taken back without a restart, also
 * where a mounted secret is swapped by a link. Throws where the file can't be used at the start.
 */
export function openKeyRing(path: string, events: KeyRingEvents, lookEveryMs = LOOK_EVERY_MS): KeyRing {
  // Before the file is read: what is written meanwhile is seen at the next look.
  let seen = identify(path);
  let keys = requireKeys(path);
  let told = '';
  events.keysLoaded(keys.length);
  const look = (): void => {
    const now = identify(path);
    if (now !== undefined && now === seen) return;
    const read = readKeyFile(path);
    // What could not be read is tried again at each look: what was in its way need not be in the file.
    seen = read.ok ? now : undefined;
    if (read.ok) {
      ({ keys } = read);
      events.keysLoaded(keys.length);
    } else if (read.problems.join() !== told) events.keysUnusable(read.problems);
    told = read.ok ? '' : read.problems.join();
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return { find: (key) => findKey(keys, key), close: () => clearInterval(timer) };
}

/** Another one wherever the file's content, or who may read it, may be another; undefined: it can't be looked at. */
function identify(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join();
  } catch {
    return undefined;
  }
}

function requireKeys(path: string): readonly KeyEntry[] {
  const read = readKeyFile(path);
  if (read.ok) return read.keys;
  throw new Error(`the key file can't be used: ${read.problems.join('; ')}`);
}

/** Goes through all of them, found or not: how long it takes tells nothing. */
function findKey(keys: readonly KeyEntry[], key: string): KeyEntry | undefined {
  if (key.length > MOST_KEY_LENGTH) return undefined;
  const digest = digestKey(key);
  let found: KeyEntry | undefined;
  for (const entry of keys) if (timingSafeEqual(entry.digest, digest)) found = entry;
  return found;
}
