import { fileURLToPath } from 'node:url';
import { ArtifactError } from './artifact-error.ts';
import type { PackageRef } from './artifact-store.ts';

/** A store's root, by kind. */
export type StoreRoot =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** A package's URI, taken apart. */
export interface PackageUri {
  /** The store's root as text; undefined: the reader's own MODEL_STORE. */
  readonly root: string | undefined;
  readonly ref: PackageRef;
}

const PACKAGE_URI =
  /^(?<root>.*?)(?<slash>\/?)(?<model>[a-z0-9][a-z0-9-]*)\/(?<version>\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)\/?$/;
const S3 = /^s3:\/\/(?<bucket>[^/]+)\/?(?<prefix>.*?)\/?$/;
const SCHEME = /^(?<scheme>[a-z][a-z0-9+.-]+):/;

/** Reads `<root>/<model>/<version>`, or `<model>/<version>` alone; throws ArtifactError `invalid`. */
export function parsePackageUri(uri: string): PackageUri {
  const { root, slash, model, version } = PACKAGE_URI.exec(uri)?.groups ?? {};
  const isWhole = model !== undefined && version !== undefined && (slash === '/' || root === '');
  if (!isWhole)
    throw new ArtifactError('invalid', `'${uri}' is no package's address: it ends in <model>/<version>`);
  return {
    root: root === '' && slash === '' ? undefined : `${root}${root === '' ? '/' : ''}`,
    ref: { model, version },
  };
}

/** Reads MODEL_STORE: a path, `file:`, `http(s)://` or `s3://bucket/prefix`; throws ArtifactError `invalid`. */
export function parseRoot(text: string): StoreRoot {
  const scheme = SCHEME.exec(text)?.groups?.['scheme'];
  if (scheme === undefined) return { kind: 'folder', path: text };
  if (scheme === 'file') return { kind: 'folder', path: fileURLToPath(text) };
  if (scheme === 'http' || scheme === 'https') return parseHttp(text);
  const { bucket, prefix } = S3.exec(text)?.groups ?? {};
  if (bucket !== undefined && prefix !== undefined) return { kind: 's3', bucket, prefix };
  const known = 'a path, file:///…, http(s)://… or s3://bucket/prefix';
  throw new ArtifactError('invalid', `'${text}' is no model store: it reads ${known}`);
}

function parseHttp(text: string): StoreRoot {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.search !== '')
    throw new ArtifactError(
      'invalid',
      'MODEL_STORE is a plain http(s) URL without user, password or query: those go into MODEL_STORE_AUTHORIZATION',
    );
  return { kind: 'http', url: text.replace(/\/+$/, '') };
}
