/** A model package's name in a store: `<store>/<model>/<version>/`. */
export interface PackageRef {
  readonly model: string;
  readonly version: string;
}

/** Where a package lies and which bytes it has: what a model event's `artifact` says. */
export interface StoredPackage {
  /** `s3://…`, `https://…`, or, of a folder store, `<model>/<version>` below each reader's own MODEL_STORE. */
  readonly uri: string;
  /** sha256 of manifest.json, which holds the sha256 of every other file. */
  readonly manifestSha256: string;
}

/** What became of a put: the very same bytes again are no error. */
export type PutOutcome =
  | { readonly ok: true; readonly stored: StoredPackage; readonly already: boolean }
  | { readonly ok: false; readonly code: 'other_bytes' | 'read_only'; readonly message: string };

/** Keeps model packages for every service: a folder, a web server or S3 behind a verified cache. */
export interface ArtifactStore {
  /**
   * Puts the package in folder `dir` (`…/<model>/<version>`) into the store, manifest last, and reads back what the
   * store then holds. The `policy.json` beside it goes along where the store has none. Throws {@link ArtifactError}.
   */
  put(dir: string, ref: PackageRef, signal?: AbortSignal): Promise<PutOutcome>;
  /**
   * The package as a folder `…/<model>/<version>` of this machine, every byte verified; from the cache where it has
   * it. Callers at the same time share one download, which ends when all of them have aborted. The model's
   * `policy.json` lies beside it, as new as the store lets know. Throws {@link ArtifactError}.
   */
  fetch(uri: string, manifestSha256: string, signal?: AbortSignal): Promise<string>;
  /** The store in words, for logs and /health; no credentials. */
  readonly location: string;
}
