import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';

/** A file's bytes, or why it can't be had. */
export type FileOutcome =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly problem: PackageProblem };

/** Larger files are refused before they are read. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** A name, not a path: no separators, no leading dot, so that nothing outside the package is ever read. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Reads one file of a package folder; anything but a regular file of a sane name and size is a problem. */
export async function readPackageFile(dir: string, name: string): Promise<FileOutcome> {
  if (!isPackageFileName(name))
    return refuse('file.name', `files: '${name}' is not the name of a file in the package`);
  const info = await stat(join(dir, name)).catch(explainFailure);
  if ('code' in info) return refuse(info.code, `${name} ${info.what}`);
  if (!info.isFile()) return refuse('file.unreadable', `${name} is not a regular file`);
  if (info.size > MAX_FILE_BYTES)
    return refuse('file.size', `${name} has ${info.size} bytes, more than ${MAX_FILE_BYTES}`);
  const bytes = await readFile(join(dir, name)).catch(explainFailure);
  return 'code' in bytes ? refuse(bytes.code, `${name} ${bytes.what}`) : { ok: true, bytes };
}

/** A plain name, so that a path made of it stays inside its folder. */
export function isPackageFileName(name: string): boolean {
  return FILE_NAME.test(name);
}

/** Compares a file's bytes with the sha256 that the manifest gives for it. */
export function checkHash(name: string, bytes: Uint8Array, expected: string): PackageProblem[] {
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual === expected) return [];
  const message = `${name}: sha256 is ${actual}, but the manifest (files) says ${expected}: the file was changed`;
  return [{ code: 'file.hash', message }];
}

/** Files that lie in the folder but not in the manifest; names with a leading dot don't count. */
export async function findUnlistedFiles(dir: string, listed: readonly string[]): Promise<PackageProblem[]> {
  const known = new Set([...listed, 'manifest.json']);
  const unlisted = (await readdir(dir)).filter((name) => !name.startsWith('.') && !known.has(name));
  return unlisted.map((name) => ({
    code: 'file.unlisted',
    message: `${name} is in the folder, but not in the manifest's files: list it with its sha256 or remove it`,
  }));
}

function refuse(code: PackageProblem['code'], message: string): FileOutcome {
  return { ok: false, problem: { code, message } };
}

interface Unread {
  readonly code: 'file.missing' | 'file.unreadable';
  readonly what: string;
}

/** A name that is too long, a link in a circle, a file that is another's: the package's fault, not the program's. */
function explainFailure({ code = 'unknown' }: NodeJS.ErrnoException): Unread {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'file.missing', what: 'is not in the package' };
  return { code: 'file.unreadable', what: `can not be read (${code})` };
}
