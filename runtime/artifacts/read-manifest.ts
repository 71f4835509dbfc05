import { createHash } from 'node:crypto';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { isPackageFileName } from '../model-package/package-files.ts';
import { parseDocument } from '../model-package/package-schemas.ts';
import { ArtifactError } from './artifact-error.ts';

/** A manifest by its bytes, as far as a transfer needs it. */
export interface ManifestFile {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly manifest: Manifest;
}

/** Parses a manifest that lies at `address`; throws ArtifactError `invalid` for one that no package can have. */
export function readManifest(bytes: Buffer, address: string): ManifestFile {
  const parsed = parseDocument('manifest.json', bytes);
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ message }) => message).join('; ');
    throw new ArtifactError('invalid', `${address} is no package's manifest: ${problems}`);
  }
  const bad = Object.keys(parsed.value.files).find((name) => !isPackageFileName(name));
  if (bad !== undefined)
    throw new ArtifactError('invalid', `${address} names the file '${bad}', which is no plain file name`);
  return { bytes, sha256: sha256Of(bytes), manifest: parsed.value };
}

/** Lower-case hex, as manifests and events have it. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
