import type { PrivacyPolicy } from '../contracts/policy.ts';

/** What of a lead is written down beside its score, with nothing left to decide. */
export interface CompletePrivacyPolicy {
  /** `left_out`: score events carry no inputs, only the reference bins that these fall in. */
  readonly inputs: 'written' | 'left_out';
}

/** Fills in the defaults of the policy's section `privacy`. */
export function completePrivacy({ inputs = 'written' }: PrivacyPolicy): CompletePrivacyPolicy {
  return { inputs };
}
