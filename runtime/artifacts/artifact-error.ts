/**
 * Why a package can't be had or put: `unavailable` and `timeout` may pass by themselves, the others need a person.
 * `missing`: the store answered that it isn't there. `corrupt`: its bytes aren't the promised ones. `invalid`: the
 * address, or the package itself, makes no sense.
 */
export type ArtifactErrorCode =
  'unavailable' | 'timeout' | 'aborted' | 'missing' | 'corrupt' | 'too_large' | 'forbidden' | 'invalid';

/** A store's refusal or failure; the message names the place, what happened and what to do. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
  readonly code: ArtifactErrorCode;

  constructor(code: ArtifactErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  /** Trying again later may help without anyone's doing. */
  get isTransient(): boolean {
    return this.code === 'unavailable' || this.code === 'timeout';
  }
}

/** What a signal's abort means: its own ArtifactError, or the caller's wish. */
export function abortError(signal: AbortSignal): ArtifactError {
  if (signal.reason instanceof ArtifactError) return signal.reason;
  return new ArtifactError('aborted', 'the transfer was given up by its caller', signal.reason);
}
