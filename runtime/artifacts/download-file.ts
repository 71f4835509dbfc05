import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ArtifactError, abortError } from './artifact-error.ts';
import type { BlobStore } from './blob-store.ts';
import { startDeadline } from './deadline.ts';
import type { TransferLimits } from './limits.ts';
import { readChunks } from './read-chunks.ts';

/** One file to be had: where it lies, and the bytes it must have. */
export interface WantedFile {
  readonly blobs: BlobStore;
  readonly path: string;
  readonly sha256: string;
  readonly limits: TransferLimits;
}

/**
 * Downloads a file to `target`, going on with what `target` has of an earlier try, and verifies it. A connection
 * that breaks is taken up again; bytes that aren't the wanted ones are removed. Throws ArtifactError; what was read
 * until a time-out or an abort stays for the next try.
 */
export async function downloadFile(wanted: WantedFile, target: string, parent: AbortSignal): Promise<void> {
  const { blobs, path, limits } = wanted;
  const what = `${blobs.addressOf(path)} couldn't be read`;
  const deadline = startDeadline(limits.fileTimeoutMs, what, parent);
  try {
    // What lay there may have been of other bytes: only a whole read tells whether the store's are bad.
    for (let wasResumed = true; wasResumed;) {
      wasResumed = await appendRest(wanted, target, deadline.signal);
      if (await hasSha256(target, wanted.sha256)) return;
      await rm(target, { force: true });
    }
    const address = blobs.addressOf(path);
    throw new ArtifactError('corrupt', `${address} isn't what the manifest names: its sha256 differs`);
  } finally {
    deadline.clear();
  }
}

/** True where it went on from bytes of an earlier call. */
async function appendRest(wanted: WantedFile, target: string, signal: AbortSignal): Promise<boolean> {
  const before = await sizeOf(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await appendOnce(wanted, target, signal);
      return before > 0;
    } catch (error) {
      const mayPass = error instanceof ArtifactError && error.isTransient;
      if (!mayPass || signal.aborted || attempt >= wanted.limits.attempts) throw error;
    }
    await wait(wanted.limits.retryDelayMs * attempt, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw abortError(signal);
  }
}

async function appendOnce(wanted: WantedFile, target: string, signal: AbortSignal): Promise<void> {
  const file = await open(target, 'a');
  try {
    const sink = {
      begin: async (fromByte: number) => file.truncate(fromByte),
      take: async (chunk: Uint8Array) => file.appendFile(chunk),
    };
    if (await readChunks(wanted, await sizeOf(target), sink, signal)) return;
  } finally {
    await file.close();
  }
  const address = wanted.blobs.addressOf(wanted.path);
  throw new ArtifactError('missing', `${address} isn't in the store: was the package put there?`);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Whether a file is there with these very bytes. */
export async function hasSha256(path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch {
    return false;
  }
  return hash.digest('hex') === sha256;
}
