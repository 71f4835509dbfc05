import type { Distribution } from '@scoreline/core/contracts/reference.ts';

/** Values of `scores` whose distribution is compared with a reference subject's. */
export interface Compared {
  readonly subject: string;
  /** SQL of a row's bin. */
  readonly bin: string;
  /** SQL of a row's number, nullable. */
  readonly number: string;
  /** Undefined where the package isn't at hand. */
  readonly distribution: Distribution | undefined;
}
