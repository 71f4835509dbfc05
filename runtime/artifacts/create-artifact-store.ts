import { ArtifactError } from './artifact-error.ts';
import type { ArtifactStore, PackageRef, PutOutcome } from './artifact-store.ts';
import type { BlobStore } from './blob-store.ts';
import { fetchPackage } from './fetch-package.ts';
import { TRANSFER_LIMITS, type TransferLimits } from './limits.ts';
import { parsePackageUri, parseRoot } from './location.ts';
import { createBlobOpener } from './open-blobs.ts';
import { createPackageCache } from './package-cache.ts';
import { putPackage, type PutResult } from './put-package.ts';
import type { S3Settings } from './s3-blobs.ts';
import { createSharedRuns } from './shared-runs.ts';

export interface ArtifactStoreSettings {
  /** A path, `file:`, `http(s)://` or `s3://bucket/prefix`. */
  readonly root: string;
  readonly cacheDir: string;
  /** For an http store: the value of its `authorization` header. */
  readonly authorization?: string | undefined;
  readonly s3?: S3Settings;
  readonly limits?: Partial<TransferLimits>;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The store that MODEL_STORE names. Throws ArtifactError `invalid` where it names none; asks nothing yet. */
export function createArtifactStore(settings: ArtifactStoreSettings): ArtifactStore {
  const { root, cacheDir } = settings;
  const limits = { ...TRANSFER_LIMITS, ...settings.limits };
  const open = createBlobOpener({ ...settings, authorizedRoot: root });
  const own = open(root);
  const cache = createPackageCache(cacheDir);
  const fetches = createSharedRuns<string>();
  return {
    location: own.addressOf('').replace(/\/+$/, ''),
    async put(dir, ref, signal) {
      return tellOutcome(await putPackage(dir, ref, own, limits, signal), ref, own, isFolder(root));
    },
    async fetch(uri, manifestSha256, signal) {
      if (!SHA256.test(manifestSha256))
        throw new ArtifactError('invalid', `'${manifestSha256}' is no sha256 of ${uri}/manifest.json`);
      const place = parsePackageUri(uri);
      const blobs = place.root === undefined ? own : open(place.root);
      const wanted = { blobs, ref: place.ref, manifestSha256 };
      return fetches(manifestSha256, (shared) => fetchPackage(wanted, cache, limits, shared), signal);
    },
  };
}

function isFolder(root: string): boolean {
  return parseRoot(root).kind === 'folder';
}

function tellOutcome(result: PutResult, ref: PackageRef, blobs: BlobStore, isFolder: boolean): PutOutcome {
  if ('path' in result) {
    const message = REFUSALS[result.kind](blobs.addressOf(result.path), ref);
    return { ok: false, code: result.kind, message };
  }
  const path = `${ref.model}/${ref.version}`;
  // A folder may be mounted elsewhere on another machine: its packages are named below the reader's own.
  const uri = isFolder ? path : blobs.addressOf(path);
  return {
    ok: true,
    stored: { uri, manifestSha256: result.manifestSha256 },
    already: result.kind === 'already',
  };
}

const REFUSALS = {
  other_bytes: (address: string, { model, version }: PackageRef) =>
    `${address} has other bytes: a version never changes; give the package a version after ${model}@${version}`,
  read_only: (address: string) =>
    `${address} can't be written: copy the package there by other means and push again, or use a store that takes writes (MODEL_STORE)`,
};
