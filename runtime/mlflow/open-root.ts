import type { BlobStore } from '../artifacts/blob-store.ts';
import { createHttpBlobs } from '../artifacts/http-blobs.ts';
import { createBlobOpener } from '../artifacts/open-blobs.ts';
import type { S3Settings } from '../artifacts/s3-blobs.ts';
import type { MlflowSettings } from './client.ts';

/** `mlflow-artifacts:/path`, with or without a host, which is the tracking server's then. */
const PROXIED = /^mlflow-artifacts:\/(\/[^/]*)?\/?(?<path>.*)$/;

/** Opens the places where MLflow keeps files: its own proxy, an S3 bucket, a web server, a folder that both see. */
export function createRootOpener(
  { trackingUrl, authorization }: MlflowSettings,
  s3: S3Settings,
): (root: string) => BlobStore {
  const openOther = createBlobOpener({ s3 });
  const proxy = `${trackingUrl.replace(/\/+$/, '')}/api/2.0/mlflow-artifacts/artifacts`;
  return (root) => {
    const path = PROXIED.exec(root)?.groups?.['path'];
    if (path === undefined) return openOther(root);
    return createHttpBlobs({ root: `${proxy}/${path}`, authorization });
  };
}
