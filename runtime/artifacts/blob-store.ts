/** A file's bytes from `fromByte` on: what was asked for, or 0 where the store can't start in the middle. */
export interface BlobRead {
  readonly fromByte: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export type BlobWrite = 'written' | 'exists' | 'read_only';

/**
 * Files by path below one root, as each kind of store gives them; paths have `/` and were checked before. What goes
 * wrong is thrown as ArtifactError; a signal's abort ends the call, and what is being read, with its reason.
 */
export interface BlobStore {
  /** undefined: the store answered that there is no such file. */
  read(path: string, fromByte: number, signal: AbortSignal): Promise<BlobRead | undefined>;
  /** Replaces the file in one step, or with `ifAbsent` makes it only where there is none. */
  write(path: string, bytes: Uint8Array, ifAbsent: boolean, signal: AbortSignal): Promise<BlobWrite>;
  /** The file's address for people, without credentials. */
  addressOf(path: string): string;
}
