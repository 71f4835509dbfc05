import type { BlobStore } from './blob-store.ts';
import { createFolderBlobs } from './folder-blobs.ts';
import { createHttpBlobs } from './http-blobs.ts';
import { parseRoot } from './location.ts';
import { createS3Blobs, createS3Client, type S3Settings } from './s3-blobs.ts';

export interface BlobOpenerSettings {
  /** The http root that `authorization` is for; no other one is sent it. */
  readonly authorizedRoot?: string;
  readonly authorization?: string | undefined;
  readonly s3?: S3Settings;
}

/** Opens roots (a path, `file:`, `http(s)://`, `s3://`), each once. Throws ArtifactError `invalid` on any other. */
export function createBlobOpener({
  authorizedRoot = '',
  authorization,
  s3 = {},
}: BlobOpenerSettings): (root: string) => BlobStore {
  const opened = new Map<string, BlobStore>();
  let client: ReturnType<typeof createS3Client> | undefined;
  const create = (text: string): BlobStore => {
    const root = parseRoot(text);
    if (root.kind === 'folder') return createFolderBlobs(root.path);
    if (root.kind === 's3') return createS3Blobs((client ??= createS3Client(s3)), root.bucket, root.prefix);
    const isAuthorized = withoutSlash(text) === withoutSlash(authorizedRoot);
    return createHttpBlobs({ root: root.url, authorization: isAuthorized ? authorization : undefined });
  };
  return (text) => {
    const blobs = opened.get(text) ?? create(text);
    opened.set(text, blobs);
    return blobs;
  };
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
