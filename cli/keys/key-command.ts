import { appendFile, readFile } from 'node:fs/promises';
import { type KeyEntry, parseKeyFile } from '@scoreline/runtime/http/access/key-file.ts';
import { createKey } from '@scoreline/runtime/http/access/new-key.ts';
import { readKeyFile } from '@scoreline/runtime/http/access/key-ring.ts';
import type { Scope } from '@scoreline/runtime/http/access/scopes.ts';
import { CommandFailed } from '../registry/with-started.ts';
import { renderTables } from '../reports/table.ts';

/** A key that somebody wants. */
export interface WantedKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Undefined: it has no end. */
  readonly days: number | undefined;
  /** Where its line goes; undefined: it is printed. */
  readonly file: string | undefined;
}

const DAY_MS = 86_400_000;
/** Whoever else is on the machine has no business in it, hashes or not. */
const OWN_FILE = { mode: 0o600 };

/** Makes a key, puts its line into the file, and says both: the key is told this once. Throws CommandFailed. */
export async function makeKey({ name, scopes, days, file }: WantedKey, nowMs: number): Promise<string[]> {
  const expiresAtMs = days === undefined ? undefined : nowMs + days * DAY_MS;
  const { key, line } = createKey({ name, scopes }, { nowMs, expiresAtMs });
  const text = JSON.stringify(line);
  requireGood(parseKeyFile(text).ok ? [] : [`'${name}' is no name for a key: letters, digits and . _ @ -`]);
  if (file === undefined) return [`key    ${key}`, `line   ${text}`];
  await addLine(file, text);
  return [
    `key    ${key}`,
    `✓ ${name} is in ${file}; the services that read it let the key in within a second`,
  ];
}

async function addLine(file: string, line: string): Promise<void> {
  try {
    const before = await readIfThere(file);
    const parsed = parseKeyFile(before);
    requireGood(parsed.ok ? [] : parsed.problems);
    const separator = before === '' || before.endsWith('\n') ? '' : '\n';
    // One short write at the end: whoever reads meanwhile sees the line whole or not at all.
    await appendFile(file, `${separator}${line}\n`, OWN_FILE);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(error instanceof Error ? error.message : String(error));
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The keys of a file as a table: whose, for what and until when. Throws CommandFailed where the file is no good. */
export function listKeys(file: string, nowMs: number): string[] {
  const read = readKeyFile(file);
  if (!read.ok) throw new CommandFailed(read.problems.map((problem) => `${file}: ${problem}`).join('\n'));
  const table = {
    title: 'Keys',
    columns: ['name', 'sha256', 'scopes', 'until'],
    rows: read.keys.map((key) => [
      key.name,
      `${key.digest.toString('hex').slice(0, 12)}…`,
      [...key.scopes].join(' '),
      describeEnd(key, nowMs),
    ]),
  };
  return renderTables([table], 'text');
}

function describeEnd({ expiresAtMs }: KeyEntry, nowMs: number): string {
  if (expiresAtMs === undefined) return 'no end';
  const day = new Date(expiresAtMs).toISOString().slice(0, 10);
  return expiresAtMs <= nowMs ? `${day} (over)` : day;
}

function requireGood(problems: readonly string[]): void {
  if (problems.length > 0) throw new CommandFailed(problems.join('\n'));
}
