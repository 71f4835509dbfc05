import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPackageFile } from '../model-package/package-files.ts';
import { ArtifactError } from './artifact-error.ts';
import type { PackageRef } from './artifact-store.ts';
import type { BlobStore } from './blob-store.ts';
import { startDeadline } from './deadline.ts';
import type { TransferLimits } from './limits.ts';
import { readWhole } from './read-chunks.ts';
import { readManifest, sha256Of } from './read-manifest.ts';

/** `stored` and `already` in the end mean the same: the store holds these bytes, which was read back. */
export type PutResult =
  | { readonly kind: 'stored' | 'already'; readonly manifestSha256: string }
  | { readonly kind: 'other_bytes' | 'read_only'; readonly path: string };

interface Place {
  readonly blobs: BlobStore;
  readonly ref: PackageRef;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal;
}

/**
 * Puts the package in `dir` where `ref` says. The manifest goes last and only where there is none: a version that
 * can be seen is whole, and of two who put other bytes under one name, one is told. A put that broke off is
 * completed by the next one.
 */
export async function putPackage(
  dir: string,
  ref: PackageRef,
  blobs: BlobStore,
  limits: TransferLimits,
  parent?: AbortSignal,
): Promise<PutResult> {
  const deadline = startDeadline(limits.packageTimeoutMs, `${dir} couldn't be put`, parent);
  const place: Place = { blobs, ref, limits, signal: deadline.signal };
  try {
    return await putFiles(dir, place);
  } finally {
    deadline.clear();
  }
}

async function putFiles(dir: string, place: Place): Promise<PutResult> {
  const { bytes, sha256, manifest } = readManifest(await readLocal(dir, 'manifest.json'), dir);
  const { ref } = place;
  if (manifest.name !== ref.model || manifest.version !== ref.version)
    throw new ArtifactError(
      'invalid',
      `${dir} holds ${manifest.name}@${manifest.version}, not ${ref.model}@${ref.version}`,
    );
  const path = `${ref.model}/${ref.version}/manifest.json`;
  const there = await readStored(place, path);
  if (there !== undefined && sha256Of(there) !== sha256) return { kind: 'other_bytes', path };
  for (const [name, expected] of Object.entries(manifest.files)) {
    const content = await readLocal(dir, name);
    if (sha256Of(content) !== expected)
      throw new ArtifactError(
        'invalid',
        `${join(dir, name)} isn't what its manifest names: its sha256 differs`,
      );
    const outcome = await ensureFile(place, `${ref.model}/${ref.version}/${name}`, content);
    if (outcome !== undefined) return outcome;
  }
  const policy = await putPolicy(dir, place);
  if (policy !== undefined) return policy;
  if (there !== undefined) return { kind: 'already', manifestSha256: sha256 };
  return putManifest(place, path, bytes);
}

/** Undefined: the store holds the file, as it was read back. */
async function ensureFile(place: Place, path: string, content: Buffer): Promise<PutResult | undefined> {
  const { blobs, signal } = place;
  const there = await readStored(place, path);
  if (there !== undefined && there.equals(content)) return undefined;
  if ((await blobs.write(path, content, false, signal)) === 'read_only') return { kind: 'read_only', path };
  const stored = await readStored(place, path);
  if (stored !== undefined && stored.equals(content)) return undefined;
  throw new ArtifactError(
    'corrupt',
    `${blobs.addressOf(path)} doesn't hold what was put there: does another put, too?`,
  );
}

/** A model's policy is set once by whoever comes first; later ones are changed in the store, by a person. */
async function putPolicy(dir: string, place: Place): Promise<PutResult | undefined> {
  const path = `${place.ref.model}/policy.json`;
  const content = await readFile(join(dir, '..', 'policy.json')).catch(() => undefined);
  if (content === undefined || (await readStored(place, path)) !== undefined) return undefined;
  const outcome = await place.blobs.write(path, content, true, place.signal);
  return outcome === 'read_only' ? { kind: 'read_only', path } : undefined;
}

async function putManifest(place: Place, path: string, bytes: Buffer): Promise<PutResult> {
  const sha256 = sha256Of(bytes);
  const outcome = await place.blobs.write(path, bytes, true, place.signal);
  if (outcome === 'read_only') return { kind: 'read_only', path };
  const stored = await readStored(place, path);
  if (stored === undefined)
    throw new ArtifactError('unavailable', `${place.blobs.addressOf(path)} can't be read back: put it again`);
  if (sha256Of(stored) !== sha256) return { kind: 'other_bytes', path };
  return { kind: outcome === 'exists' ? 'already' : 'stored', manifestSha256: sha256 };
}

function readStored({ blobs, limits, signal }: Place, path: string): Promise<Buffer | undefined> {
  return readWhole({ blobs, path, limits }, signal);
}

async function readLocal(dir: string, name: string): Promise<Buffer> {
  const file = await readPackageFile(dir, name);
  if (file.ok) return file.bytes;
  throw new ArtifactError('invalid', `${dir}: ${file.problem.message}`);
}
