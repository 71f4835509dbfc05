import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArtifactError } from './artifact-error.ts';
import type { BlobStore, BlobWrite } from './blob-store.ts';

const READ_ONLY: readonly unknown[] = ['EROFS', 'EACCES', 'EPERM'];
const ABSENT: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/** A folder of this machine, or one that is mounted. */
export function createFolderBlobs(root: string): BlobStore {
  return {
    addressOf: (path) => join(root, path),
    async read(path, fromByte, signal) {
      const file = await open(join(root, path)).catch((error: unknown) => explainAbsence(root, path, error));
      if (file === undefined) return undefined;
      const { size } = await file.stat();
      const start = fromByte <= size ? fromByte : 0;
      return { fromByte: start, chunks: file.createReadStream({ start, signal }) };
    },
    async write(path, bytes, ifAbsent) {
      const target = join(root, path);
      try {
        return await replaceFile(target, bytes, ifAbsent);
      } catch (error) {
        if (READ_ONLY.includes(codeOf(error))) return 'read_only';
        throw new ArtifactError('unavailable', `${target} can't be written: ${messageOf(error)}`, error);
      }
    },
  };
}

/** A folder that isn't mounted looks like one without the file: only where the root is there, the file is missing. */
async function explainAbsence(root: string, path: string, error: unknown): Promise<undefined> {
  const place = join(root, path);
  const code = codeOf(error);
  if (ABSENT.includes(code)) {
    if ((await stat(root).catch(() => undefined)) !== undefined) return undefined;
    throw new ArtifactError('unavailable', `the store's folder ${root} isn't there: is it mounted?`, error);
  }
  if (code === 'EACCES') throw new ArtifactError('forbidden', `${place} may not be read by this user`, error);
  throw new ArtifactError('unavailable', `${place} can't be read: ${messageOf(error)}`, error);
}

/** Whoever reads the file sees all of it or none, after a crash too. */
async function replaceFile(target: string, bytes: Uint8Array, ifAbsent: boolean): Promise<BlobWrite> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${randomUUID()}.partial`);
  try {
    await writeDurably(temporary, bytes);
    if (!ifAbsent) await rename(temporary, target);
    else if (!(await linkIfAbsent(temporary, target))) return 'exists';
    return 'written';
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
