import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FuzzTargetName } from './target.ts';

/** An input that is kept: as text where it is such, or in hexadecimal. */
export interface CorpusEntry {
  /** Why it is kept. */
  readonly note: string;
  readonly text?: string;
  readonly hex?: string;
}

/** In the repository: findings, and inputs that reach what good ones don't. */
const KEPT = fileURLToPath(new URL('corpus', import.meta.url));
/** On this machine: what runs have reached, to go on from. */
const REACHED = fileURLToPath(new URL('../../.scoreline/fuzz', import.meta.url));

/** The inputs that are kept for a target, by the name of their file. */
export function readKept(target: FuzzTargetName): Promise<ReadonlyMap<string, CorpusEntry>> {
  return readFolder(join(KEPT, target));
}

/** Keeps an input for good; the file's name is made of its bytes. */
export function keep(target: FuzzTargetName, note: string, input: Buffer): Promise<string> {
  return writeEntry(join(KEPT, target), note, input);
}

/** What earlier runs on this machine have reached. */
export async function readReached(target: FuzzTargetName): Promise<readonly Buffer[]> {
  return [...(await readFolder(join(REACHED, target))).values()].map(bytesOf);
}

/** Remembers an input on this machine. */
export async function rememberReached(target: FuzzTargetName, input: Buffer): Promise<void> {
  await writeEntry(join(REACHED, target), 'reached new code', input);
}

/** The bytes of an entry. */
export function bytesOf({ text, hex = '' }: CorpusEntry): Buffer {
  return text === undefined ? Buffer.from(hex, 'hex') : Buffer.from(text);
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, CorpusEntry>> {
  const names = await readdir(folder).catch(() => []);
  const entries = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map(async (name): Promise<[string, CorpusEntry]> => [
      name,
      JSON.parse(await readFile(join(folder, name), 'utf8')) as CorpusEntry,
    ]);
  return new Map(await Promise.all(entries));
}

async function writeEntry(folder: string, note: string, input: Buffer): Promise<string> {
  const name = `${createHash('sha256').update(input).digest('hex').slice(0, 12)}.json`;
  const content = isPlainText(input)
    ? { note, text: input.toString() }
    : { note, hex: input.toString('hex') };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  return join(folder, name);
}

function isPlainText(input: Buffer): boolean {
  return isUtf8(input) && !/[^\t\n\r -~]/.test(input.toString());
}
