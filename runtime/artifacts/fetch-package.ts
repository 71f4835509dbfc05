import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from './artifact-error.ts';
import type { PackageRef } from './artifact-store.ts';
import type { BlobStore } from './blob-store.ts';
import { startDeadline } from './deadline.ts';
import { downloadFile } from './download-file.ts';
import { MAX_JSON_BYTES, type TransferLimits } from './limits.ts';
import type { CachedPackage, PackageCache } from './package-cache.ts';
import { readWhole } from './read-chunks.ts';
import { readManifest } from './read-manifest.ts';

/** A package that a store has, and what its manifest must be. */
export interface WantedPackage {
  readonly blobs: BlobStore;
  readonly ref: PackageRef;
  readonly manifestSha256: string;
}

/** The package from the cache, or downloaded into it; its folder. Throws ArtifactError. */
export async function fetchPackage(
  wanted: WantedPackage,
  cache: PackageCache,
  limits: TransferLimits,
  signal: AbortSignal,
): Promise<string> {
  const cached = await cache.find(wanted.manifestSha256);
  const what = `${addressOf(wanted)} couldn't be fetched`;
  const deadline = startDeadline(limits.packageTimeoutMs, what, signal);
  try {
    if (cached === undefined) return (await download(wanted, cache, limits, deadline.signal)).dir;
    await refreshPolicy(wanted, cached, limits, deadline.signal);
    return cached.dir;
  } finally {
    deadline.clear();
  }
}

async function download(
  wanted: WantedPackage,
  cache: PackageCache,
  limits: TransferLimits,
  signal: AbortSignal,
): Promise<CachedPackage> {
  const { blobs, ref, manifestSha256 } = wanted;
  const get = async (name: string, sha256: string, maxFileBytes: number): Promise<string> => {
    const target = await cache.partialFile(manifestSha256, name);
    const path = `${ref.model}/${ref.version}/${name}`;
    await downloadFile({ blobs, path, sha256, limits: { ...limits, maxFileBytes } }, target, signal);
    return target;
  };
  const bytes = await readFile(await get('manifest.json', manifestSha256, MAX_JSON_BYTES));
  const file = readManifest(bytes, addressOf(wanted));
  const { name, version, files } = file.manifest;
  if (name !== ref.model || version !== ref.version)
    throw new ArtifactError(
      'invalid',
      `${addressOf(wanted)} holds ${name}@${version}: it was put in a wrong place`,
    );
  for (const [each, sha256] of Object.entries(files)) await get(each, sha256, limits.maxFileBytes);
  // A model must not start without knowing its policy: it is part of what makes an entry whole.
  return cache.complete(file, await readPolicy(wanted, limits, limits.fileTimeoutMs, signal));
}

/**
 * policy.json belongs to the model, not to a version, and changes: it is asked for each time. Where the store can't
 * be asked, a package that is here keeps what it has.
 */
async function refreshPolicy(
  wanted: WantedPackage,
  { modelDir }: CachedPackage,
  limits: TransferLimits,
  signal: AbortSignal,
): Promise<void> {
  const target = join(modelDir, 'policy.json');
  try {
    const bytes = await readPolicy(wanted, limits, limits.policyTimeoutMs, signal);
    if (bytes === undefined) await rm(target, { force: true });
    else await replaceFile(target, bytes);
  } catch (error) {
    if (!(error instanceof ArtifactError) || error.code === 'aborted') throw error;
  }
}

/** undefined: the model has none, and all of its policy is default. */
async function readPolicy(
  { blobs, ref }: WantedPackage,
  limits: TransferLimits,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const path = `${ref.model}/policy.json`;
  const deadline = startDeadline(timeoutMs, `${blobs.addressOf(path)} couldn't be read`, signal);
  try {
    const source = { blobs, path, limits: { ...limits, maxFileBytes: MAX_JSON_BYTES } };
    return await readWhole(source, deadline.signal);
  } finally {
    deadline.clear();
  }
}

async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, bytes);
  await rename(temporary, target);
}

function addressOf({ blobs, ref }: WantedPackage): string {
  return blobs.addressOf(`${ref.model}/${ref.version}`);
}
