/**
 * Why a package can't be had or put: `unavailable` and `timeout` may pass by themselves, the others need a person.
 * `missing`: the store answered that it isn't there. `corrupt`: its bytes aren't the promised ones, twice over.
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
