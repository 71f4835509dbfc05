/** Bounds of one transfer. */
export interface TransferLimits {
  /** Of one file; larger ones are refused. */
  readonly maxFileBytes: number;
  /** A file that takes longer is given up, what was read of it is kept. */
  readonly fileTimeoutMs: number;
  /** A whole package. */
  readonly packageTimeoutMs: number;
  /** No byte for so long: the connection is taken for dead. */
  readonly idleTimeoutMs: number;
  /** The policy of a package that is here already: the store's silence must not hold it up. */
  readonly policyTimeoutMs: number;
  /** Tries of one file, each going on where the last one broke off. */
  readonly attempts: number;
  readonly retryDelayMs: number;
}

/** Bounds that fit models of some hundred megabytes on an ordinary network. */
export const TRANSFER_LIMITS: TransferLimits = {
  maxFileBytes: 256 * 1024 * 1024,
  fileTimeoutMs: 120_000,
  packageTimeoutMs: 300_000,
  idleTimeoutMs: 10_000,
  policyTimeoutMs: 2_000,
  attempts: 4,
  retryDelayMs: 250,
};

/** Files that aren't models: a manifest with 4,096 features, a policy. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;
